<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de_DE" sourcelanguage="en">
<context>
    <name>CameraModes</name>
    <message>
        <source>What the camera is asked for; what goes out has the size and rate below.</source>
        <translation>Was von der Kamera verlangt wird; was hinausgeht, hat Größe und Bildrate von unten.</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>Automatisch</translation>
    </message>
    <message>
        <source>Automatic: {mode}</source>
        <translation>Automatisch: {mode}</translation>
    </message>
    <message>
        <source>{width} × {height}, {rate} a second</source>
        <translation>{width} × {height}, {rate}/s</translation>
    </message>
</context>
<context>
    <name>Connections</name>
    <message>
        <source>Stop recording</source>
        <translation>Aufnahme beenden</translation>
    </message>
    <message>
        <source>&amp;Record</source>
        <translation>&amp;Aufnehmen</translation>
    </message>
    <message>
        <source>&amp;Mirror for everybody</source>
        <translation>Für alle &amp;spiegeln</translation>
    </message>
    <message>
        <source>{rate} pictures a second</source>
        <translation>{rate} Bilder pro Sekunde</translation>
    </message>
    <message>
        <source>Camera</source>
        <translation>Kamera</translation>
    </message>
    <message>
        <source>&amp;Camera</source>
        <translation>&amp;Kamera</translation>
    </message>
    <message>
        <source>&amp;Its format</source>
        <translation>&amp;Format</translation>
    </message>
    <message>
        <source>&amp;Size</source>
        <translation>&amp;Größe</translation>
    </message>
    <message>
        <source>R&amp;ate</source>
        <translation>&amp;Bildrate</translation>
    </message>
    <message>
        <source>Be a &amp;virtual camera for Zoom, Meet, OBS …</source>
        <translation>Als &amp;virtuelle Kamera für Zoom, Meet, OBS …</translation>
    </message>
    <message>
        <source>The only way out, until there is another below.</source>
        <translation>Der einzige Weg hinaus, bis unten ein anderer steht.</translation>
    </message>
    <message>
        <source>Copy what to do</source>
        <translation>Anleitung kopieren</translation>
    </message>
    <message>
        <source>Virtual camera</source>
        <translation>Virtuelle Kamera</translation>
    </message>
    <message>
        <source>Stream and recording</source>
        <translation>Stream und Aufnahme</translation>
    </message>
    <message>
        <source>Stream &amp;to</source>
        <translation>St&amp;ream an</translation>
    </message>
    <message>
        <source>S&amp;ound</source>
        <translation>&amp;Ton</translation>
    </message>
    <message>
        <source>Rendered test face</source>
        <translation>Gerendertes Testgesicht</translation>
    </message>
    <message>
        <source>First camera</source>
        <translation>Erste Kamera</translation>
    </message>
    <message>
        <source>No sound</source>
        <translation>Kein Ton</translation>
    </message>
    <message>
        <source>First one that is free</source>
        <translation>Erste freie</translation>
    </message>
</context>
<context>
    <name>Controls</name>
    <message>
        <source>Back to {value}</source>
        <translation>Zurück auf {value}</translation>
    </message>
    <message>
        <source>Reset {name}</source>
        <translation>{name} zurücksetzen</translation>
    </message>
</context>
<context>
    <name>FaceList</name>
    <message>
        <source>Faces</source>
        <translation>Gesichter</translation>
    </message>
    <message>
        <source>{face}, worn</source>
        <translation>{face}, wird getragen</translation>
    </message>
    <message>
        <source>Key {key}</source>
        <translation>Taste {key}</translation>
    </message>
    <message>
        <source>Rendered</source>
        <translation>Gerendert</translation>
    </message>
    <message>
        <source>Wear {face}</source>
        <translation>{face} tragen</translation>
    </message>
    <message>
        <source>Rename {face} …</source>
        <translation>{face} umbenennen …</translation>
    </message>
    <message>
        <source>Remove {face} …</source>
        <translation>{face} entfernen …</translation>
    </message>
</context>
<context>
    <name>FaceName</name>
    <message>
        <source>Name of the face</source>
        <translation>Name des Gesichts</translation>
    </message>
    <message>
        <source>Choose another name.</source>
        <translation>Wähle einen anderen Namen.</translation>
    </message>
</context>
<context>
    <name>FacePicker</name>
    <message>
        <source>Face {number} of {count}, from the left</source>
        <translation>Gesicht {number} von {count}, von links</translation>
    </message>
</context>
<context>
    <name>Files</name>
    <message>
        <source>Drop videos or images here, or choose them.</source>
        <translation>Videos oder Bilder hier ablegen oder auswählen.</translation>
    </message>
    <message>
        <source>Cancel the &amp;download</source>
        <translation>&amp;Herunterladen abbrechen</translation>
    </message>
    <message>
        <source>&amp;Go on</source>
        <translation>&amp;Weiter</translation>
    </message>
    <message>
        <source>&amp;Pause</source>
        <translation>&amp;Pause</translation>
    </message>
    <message>
        <source>&amp;Remove</source>
        <translation>&amp;Entfernen</translation>
    </message>
    <message>
        <source>&amp;Cancel</source>
        <translation>A&amp;bbrechen</translation>
    </message>
    <message>
        <source>&amp;Add files …</source>
        <translation>&amp;Dateien hinzufügen …</translation>
    </message>
    <message>
        <source>&amp;Open</source>
        <translation>Ö&amp;ffnen</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>Dateien</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>Fortschritt</translation>
    </message>
    <message>
        <source>The chosen file before and after</source>
        <translation>Die gewählte Datei vorher und nachher</translation>
    </message>
    <message>
        <source>Playhead</source>
        <translation>Abspielposition</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>wartet</translation>
    </message>
    <message>
        <source>getting ready</source>
        <translation>wird vorbereitet</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>angehalten</translation>
    </message>
    <message>
        <source>done</source>
        <translation>fertig</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>fehlgeschlagen</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>abgebrochen</translation>
    </message>
    <message>
        <source>fetching a model</source>
        <translation>ein Modell wird geladen</translation>
    </message>
    <message>
        <source>Videos or images</source>
        <translation>Videos oder Bilder</translation>
    </message>
</context>
<context>
    <name>Gallery</name>
    <message>
        <source>That is no file on this computer. Save the picture first, and drop that.</source>
        <translation>Das ist keine Datei auf diesem Computer. Das Bild erst speichern und dann die Datei hier ablegen.</translation>
    </message>
    <message>
        <source>&amp;Choose photos …</source>
        <translation>&amp;Fotos auswählen …</translation>
    </message>
    <message>
        <source>&amp;Take a photo</source>
        <translation>Foto &amp;aufnehmen</translation>
    </message>
    <message>
        <source>Keeps the face that the camera sees now</source>
        <translation>Behält das Gesicht, das die Kamera gerade sieht</translation>
    </message>
    <message>
        <source>Notice about the faces</source>
        <translation>Hinweis zu den Gesichtern</translation>
    </message>
    <message>
        <source>Drop photos of one person here. A click wears a face, and so do the keys 1 to 9. F2 renames one, Delete removes it.</source>
        <translation>Fotos einer Person hier ablegen. Ein Klick setzt ein Gesicht auf, ebenso die Tasten 1 bis 9. F2 benennt eines um, Entf entfernt es.</translation>
    </message>
    <message>
        <source>Photos of one person</source>
        <translation>Fotos einer Person</translation>
    </message>
    <message>
        <source>Pictures ({kinds})</source>
        <translation>Bilder ({kinds})</translation>
    </message>
</context>
<context>
    <name>LanguageMenu</name>
    <message>
        <source>&amp;Language</source>
        <translation>&amp;Sprache</translation>
    </message>
    <message>
        <source>As the system&apos;s</source>
        <translation>Wie das System</translation>
    </message>
    <message>
        <source>livecam speaks this language from its next start on.</source>
        <translation>livecam spricht diese Sprache ab dem nächsten Start.</translation>
    </message>
</context>
<context>
    <name>Leaving</name>
    <message>
        <source>livecam stays open: not every file could be done.</source>
        <translation>livecam bleibt offen: Nicht jede Datei konnte fertig werden.</translation>
    </message>
    <message>
        <source>Others see your picture. Closing the window ends it.</source>
        <translation>Andere sehen dein Bild. Wird das Fenster geschlossen, endet es.</translation>
    </message>
    <message>
        <source>&amp;End it</source>
        <translation>Be&amp;enden</translation>
    </message>
    <message>
        <source>End the live picture?</source>
        <translation>Das Live-Bild beenden?</translation>
    </message>
    <message>
        <source>Not done yet: {names}</source>
        <translation>Noch nicht fertig: {names}</translation>
    </message>
    <message>
        <source>Close when &amp;done</source>
        <translation>Schließen, wenn &amp;fertig</translation>
    </message>
    <message>
        <source>&amp;Stop and close</source>
        <translation>&amp;Stoppen und schließen</translation>
    </message>
    <message>
        <source>Close livecam?</source>
        <translation>livecam schließen?</translation>
    </message>
    <message>
        <source>livecam closes when the files are done.</source>
        <translation>livecam schließt sich, wenn die Dateien fertig sind.</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Vie&amp;w</source>
        <translation>A&amp;nsicht</translation>
    </message>
    <message>
        <source>After</source>
        <translation>Nachher</translation>
    </message>
    <message>
        <source>Before</source>
        <translation>Vorher</translation>
    </message>
    <message>
        <source>Before and after</source>
        <translation>Vorher und nachher</translation>
    </message>
    <message>
        <source>Mirror the preview</source>
        <translation>Vorschau spiegeln</translation>
    </message>
    <message>
        <source>Full screen</source>
        <translation>Vollbild</translation>
    </message>
    <message>
        <source>Stop the camera</source>
        <translation>Kamera stoppen</translation>
    </message>
    <message>
        <source>Start the camera</source>
        <translation>Kamera starten</translation>
    </message>
    <message>
        <source>End</source>
        <translation>Live beenden</translation>
    </message>
    <message>
        <source>Go live</source>
        <translation>Live gehen</translation>
    </message>
</context>
<context>
    <name>Newcomer</name>
    <message>
        <source>Photo</source>
        <translation>Foto</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>Fortschritt</translation>
    </message>
    <message>
        <source>&amp;Yes, keep the face</source>
        <translation>&amp;Ja, Gesicht behalten</translation>
    </message>
    <message>
        <source>&amp;No</source>
        <translation>N&amp;ein</translation>
    </message>
    <message>
        <source>Does the person you choose agree to have their face kept on this computer, and worn?</source>
        <translation>Ist die Person, die du auswählst, damit einverstanden, dass ihr Gesicht auf diesem Computer aufbewahrt und getragen wird?</translation>
    </message>
    <message>
        <source>Does the person on this photo agree to have their face kept on this computer, and worn?</source>
        <translation>Ist die Person auf diesem Foto damit einverstanden, dass ihr Gesicht auf diesem Computer aufbewahrt und getragen wird?</translation>
    </message>
    <message>
        <source>Does the person on these {count} photos agree to have their face kept on this computer, and worn?</source>
        <translation>Ist die Person auf diesen {count} Fotos damit einverstanden, dass ihr Gesicht auf diesem Computer aufbewahrt und getragen wird?</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Looking at {name} …</source>
        <translation>{name} wird angesehen …</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>Schließen</translation>
    </message>
</context>
<context>
    <name>Notices</name>
    <message>
        <source>Notice</source>
        <translation>Hinweis</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>Fortschritt</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Cancel the download</source>
        <translation>Herunterladen abbrechen</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>Schließen</translation>
    </message>
</context>
<context>
    <name>PreviewWindow</name>
    <message>
        <source>Mirror</source>
        <translation>Spiegeln</translation>
    </message>
    <message>
        <source>Full screen</source>
        <translation>Vollbild</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
</context>
<context>
    <name>ProfileMenu</name>
    <message>
        <source>Pro&amp;files</source>
        <translation>Prof&amp;ile</translation>
    </message>
    <message>
        <source>Standard</source>
        <translation>Standard</translation>
    </message>
    <message>
        <source>Keep as …</source>
        <translation>Behalten als …</translation>
    </message>
    <message>
        <source>Keep as</source>
        <translation>Behalten als</translation>
    </message>
    <message>
        <source>Name of the profile</source>
        <translation>Name des Profils</translation>
    </message>
</context>
<context>
    <name>Quality</name>
    <message>
        <source>Download</source>
        <translation>Herunterladen</translation>
    </message>
    <message>
        <source>As you set it</source>
        <translation>Eigene Einstellung</translation>
    </message>
    <message>
        <source>Fast</source>
        <translation>Schnell</translation>
    </message>
    <message>
        <source>Balanced</source>
        <translation>Ausgewogen</translation>
    </message>
    <message>
        <source>Best</source>
        <translation>Am besten</translation>
    </message>
    <message>
        <source>&amp;Quality</source>
        <translation>&amp;Qualität</translation>
    </message>
    <message>
        <source>Models that swap faces</source>
        <translation>Modelle, die Gesichter tauschen</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Commercial</source>
        <translation>Kommerziell</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>Tempo</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>ja</translation>
    </message>
    <message>
        <source>no</source>
        <translation>nein</translation>
    </message>
    <message>
        <source>&amp;Cancel the download</source>
        <translation>Herunterladen &amp;abbrechen</translation>
    </message>
    <message>
        <source>Choose a model</source>
        <translation>Ein Modell wählen</translation>
    </message>
    <message>
        <source>Licence: {name}.</source>
        <translation>Lizenz: {name}.</translation>
    </message>
    <message>
        <source>Not for commercial use.</source>
        <translation>Nicht für kommerzielle Nutzung.</translation>
    </message>
    <message>
        <source>Nobody publishes its checksum: add your own file with `livecam models add`.</source>
        <translation>Niemand veröffentlicht seine Prüfsumme: Füge deine eigene Datei mit `livecam models add` hinzu.</translation>
    </message>
    <message>
        <source>In use</source>
        <translation>In Benutzung</translation>
    </message>
    <message>
        <source>&amp;Use it</source>
        <translation>&amp;Verwenden</translation>
    </message>
    <message>
        <source>&amp;Get and use it ({size})</source>
        <translation>&amp;Laden und verwenden ({size})</translation>
    </message>
    <message>
        <source>Accept the licence?</source>
        <translation>Die Lizenz annehmen?</translation>
    </message>
    <message>
        <source>These models are not for commercial use:

{names}</source>
        <translation>Diese Modelle sind nicht für kommerzielle Nutzung:

{names}</translation>
    </message>
    <message>
        <source>&amp;Accept</source>
        <translation>An&amp;nehmen</translation>
    </message>
</context>
<context>
    <name>Readouts</name>
    <message>
        <source>Latency</source>
        <translation>Verzögerung</translation>
    </message>
    <message>
        <source>In</source>
        <translation>Ein</translation>
    </message>
    <message>
        <source>Out</source>
        <translation>Aus</translation>
    </message>
    <message>
        <source>Dropped</source>
        <translation>Verworfen</translation>
    </message>
    <message>
        <source>Detector</source>
        <translation>Suche</translation>
    </message>
    <message>
        <source>Runs on</source>
        <translation>Läuft auf</translation>
    </message>
    <message>
        <source>The processor does a graphics card&apos;s work: {ms:.0f} ms a picture. Choose a faster model. No graphics card is used: {reason}.</source>
        <translation>Der Prozessor macht die Arbeit einer Grafikkarte: {ms:.0f} ms je Bild. Wähle ein schnelleres Modell. Keine Grafikkarte wird benutzt: {reason}.</translation>
    </message>
    <message>
        <source>the installed ONNX Runtime knows none, see `livecam doctor`</source>
        <translation>die installierte ONNX Runtime kennt keine, siehe `livecam doctor`</translation>
    </message>
</context>
<context>
    <name>RenameDialog</name>
    <message>
        <source>Rename “{name}”</source>
        <translation>„{name}“ umbenennen</translation>
    </message>
    <message>
        <source>&amp;Rename</source>
        <translation>&amp;Umbenennen</translation>
    </message>
    <message>
        <source>&amp;Name</source>
        <translation>&amp;Name</translation>
    </message>
</context>
<context>
    <name>Timeline</name>
    <message>
        <source>Latency and stages over the last 30 seconds</source>
        <translation>Verzögerung und Schritte der letzten 30 Sekunden</translation>
    </message>
    <message>
        <source>latency</source>
        <translation>Verzögerung</translation>
    </message>
    <message>
        <source>all</source>
        <translation>alles</translation>
    </message>
    <message>
        <source>find</source>
        <translation>finden</translation>
    </message>
    <message>
        <source>swap</source>
        <translation>tauschen</translation>
    </message>
    <message>
        <source>paste</source>
        <translation>einsetzen</translation>
    </message>
</context>
<context>
    <name>Tray</name>
    <message>
        <source>Show the window</source>
        <translation>Fenster zeigen</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>livecam schließen</translation>
    </message>
    <message>
        <source>Stop the camera</source>
        <translation>Kamera stoppen</translation>
    </message>
    <message>
        <source>Start the camera</source>
        <translation>Kamera starten</translation>
    </message>
    <message>
        <source>End</source>
        <translation>Live beenden</translation>
    </message>
    <message>
        <source>Go live</source>
        <translation>Live gehen</translation>
    </message>
</context>
<context>
    <name>Upkeep</name>
    <message>
        <source>Remove the face “{name}”?</source>
        <translation>Das Gesicht „{name}“ entfernen?</translation>
    </message>
    <message>
        <source>The photos of it that livecam keeps are deleted.</source>
        <translation>Die Fotos davon, die livecam aufbewahrt, werden gelöscht.</translation>
    </message>
    <message>
        <source>&amp;Remove</source>
        <translation>&amp;Entfernen</translation>
    </message>
</context>
<context>
    <name>View</name>
    <message>
        <source>Preview of the outgoing picture</source>
        <translation>Vorschau des ausgehenden Bildes</translation>
    </message>
</context>
<context>
    <name>WhoIsMeant</name>
    <message>
        <source>There are {count} people on this photo. Who is meant?</source>
        <translation>Auf diesem Foto sind {count} Personen. Wer ist gemeint?</translation>
    </message>
    <message>
        <source>There are {count} people on {photo}. Who is meant?</source>
        <translation>Auf {photo} sind {count} Personen. Wer ist gemeint?</translation>
    </message>
</context>
<context>
    <name>doing</name>
    <message>
        <source>Getting ready</source>
        <translation>Wird vorbereitet</translation>
    </message>
    <message>
        <source>Loading {what}</source>
        <translation>{what} wird geladen</translation>
    </message>
    <message>
        <source>Putting on {what}</source>
        <translation>{what} wird aufgesetzt</translation>
    </message>
    <message>
        <source>Fetching {what}</source>
        <translation>{what} wird heruntergeladen</translation>
    </message>
    <message>
        <source>Opening {what}</source>
        <translation>{what} wird geöffnet</translation>
    </message>
    <message>
        <source>Closing {what}</source>
        <translation>{what} wird geschlossen</translation>
    </message>
    <message>
        <source>Closing the camera</source>
        <translation>Die Kamera wird geschlossen</translation>
    </message>
</context>
<context>
    <name>languages</name>
    <message>
        <source>The download was cancelled; everything stays as it was.</source>
        <translation>Das Herunterladen wurde abgebrochen; alles bleibt, wie es war.</translation>
    </message>
</context>
<context>
    <name>options</name>
    <message>
        <source>Swap</source>
        <translation>Tausch</translation>
    </message>
    <message>
        <source>Faces</source>
        <translation>Gesichter</translation>
    </message>
    <message>
        <source>Which faces change: one (the first at first sight, and then that one), many (all) or reference (those of the people of a reference picture or a cast). Live, one and reference hide whoever cannot be told from these for sure.</source>
        <translation>Welche Gesichter sich ändern: eines (beim ersten Blick das erste, danach immer dieses), alle oder bestimmte (die der Menschen auf einem Referenzbild oder in einer Besetzung). Live wird bei „eines“ und „bestimmte“ verdeckt, wer sich von ihnen nicht sicher unterscheiden lässt.</translation>
    </message>
    <message>
        <source>one</source>
        <translation>eines</translation>
    </message>
    <message>
        <source>many</source>
        <translation>alle</translation>
    </message>
    <message>
        <source>reference</source>
        <translation>bestimmte</translation>
    </message>
    <message>
        <source>Order</source>
        <translation>Reihenfolge</translation>
    </message>
    <message>
        <source>Who is the one: the first from left-right, right-left, top-bottom, bottom-top, small-large, large-small, best-worst, worst-best (by the confidence that it is a face) or centre (nearest to the middle of the picture).</source>
        <translation>Wer das eine Gesicht ist: das erste von links nach rechts, von rechts nach links, von oben nach unten, von unten nach oben, von klein nach groß, von groß nach klein, vom sichersten oder vom unsichersten an (wie sicher es ein Gesicht ist), oder das in der Mitte (am nächsten zur Bildmitte).</translation>
    </message>
    <message>
        <source>left-right</source>
        <translation>von links nach rechts</translation>
    </message>
    <message>
        <source>right-left</source>
        <translation>von rechts nach links</translation>
    </message>
    <message>
        <source>top-bottom</source>
        <translation>von oben nach unten</translation>
    </message>
    <message>
        <source>bottom-top</source>
        <translation>von unten nach oben</translation>
    </message>
    <message>
        <source>small-large</source>
        <translation>von klein nach groß</translation>
    </message>
    <message>
        <source>large-small</source>
        <translation>von groß nach klein</translation>
    </message>
    <message>
        <source>best-worst</source>
        <translation>vom sichersten an</translation>
    </message>
    <message>
        <source>worst-best</source>
        <translation>vom unsichersten an</translation>
    </message>
    <message>
        <source>centre</source>
        <translation>in der Mitte</translation>
    </message>
    <message>
        <source>Max distance</source>
        <translation>Größter Abstand</translation>
    </message>
    <message>
        <source>How far a face may be from a person&apos;s and still be theirs: 1 − cosine of what the embedder makes of the two.</source>
        <translation>Wie weit ein Gesicht von dem einer Person entfernt sein darf, um noch als ihres zu gelten: 1 − Kosinus dessen, was der Einbetter aus beiden macht.</translation>
    </message>
    <message>
        <source>Lock</source>
        <translation>Festhalten</translation>
    </message>
    <message>
        <source>Live, whether the one is known again by the face after every doubt: on, off, or auto (where the embedder is installed). Read when a run starts; off works at any time.</source>
        <translation>Ob das eine Gesicht live nach jedem Zweifel am Gesicht wiedererkannt wird: an, aus oder automatisch (wo der Einbetter installiert ist). Gilt ab dem nächsten Start der Kamera; aus wirkt jederzeit.</translation>
    </message>
    <message>
        <source>auto</source>
        <translation>automatisch</translation>
    </message>
    <message>
        <source>on</source>
        <translation>an</translation>
    </message>
    <message>
        <source>off</source>
        <translation>aus</translation>
    </message>
    <message>
        <source>On lost</source>
        <translation>Ohne Gesicht</translation>
    </message>
    <message>
        <source>What is shown where no face is found or it is turned too far: pass (the frame as it is), blur, freeze (the last frame with a swap), hold,blur (that one for a moment, then blurred) or slate (a plain picture); auto is pass in files and hold,blur live.</source>
        <translation>Was gezeigt wird, wo kein Gesicht gefunden wird oder es zu weit abgewandt ist: durchlassen (das Bild, wie es ist), unscharf, einfrieren (das letzte Bild mit Tausch), halten, dann unscharf (dieses einen Moment lang) oder Tafel (ein leeres Bild); automatisch heißt durchlassen in Dateien, und live halten, dann unscharf.</translation>
    </message>
    <message>
        <source>pass</source>
        <translation>durchlassen</translation>
    </message>
    <message>
        <source>blur</source>
        <translation>unscharf</translation>
    </message>
    <message>
        <source>freeze</source>
        <translation>einfrieren</translation>
    </message>
    <message>
        <source>hold,blur</source>
        <translation>halten, dann unscharf</translation>
    </message>
    <message>
        <source>slate</source>
        <translation>Tafel</translation>
    </message>
    <message>
        <source>Hold</source>
        <translation>Haltezeit</translation>
    </message>
    <message>
        <source>How long hold,blur shows the last frame with a swap, s.</source>
        <translation>Wie lange „halten, dann unscharf“ das letzte Bild mit Tausch zeigt, in Sekunden.</translation>
    </message>
    <message>
        <source>Strength</source>
        <translation>Stärke</translation>
    </message>
    <message>
        <source>How far the swap goes towards the portrait. The mesh swap moves brows, nose, eyes and mouth to the portrait&apos;s proportions; 0 leaves them where the target&apos;s are. A learned model gives its own likeness at 0.75; less keeps some of who the target is, more leans away from that, and both have the target&apos;s identity looked at once a second. Models that take a crop of the portrait (blendswap, uniface) and DFM files know no such measure.</source>
        <translation>Wie weit der Tausch zum Porträt hin geht. Der Netztausch rückt Brauen, Nase, Augen und Mund in die Proportionen des Porträts; bei 0 bleiben sie, wo sie bei der Person im Bild sind. Ein gelerntes Modell hat bei 0,75 seine eigene Ähnlichkeit; weniger behält etwas davon, wer die Person im Bild ist, mehr geht davon weg, und für beides wird einmal pro Sekunde nachgesehen, wer sie ist. Modelle, die einen Ausschnitt des Porträts nehmen (blendswap, uniface), und DFM-Dateien kennen kein solches Maß.</translation>
    </message>
    <message>
        <source>Eyes</source>
        <translation>Augen</translation>
    </message>
    <message>
        <source>Whose eyes are seen: the target&apos;s, which look where the target looks, or the portrait&apos;s, which look at the camera.</source>
        <translation>Wessen Augen zu sehen sind: die der Person im Bild, die dorthin blicken, wohin sie blickt, oder die des Porträts, die in die Kamera blicken.</translation>
    </message>
    <message>
        <source>target</source>
        <translation>der Person im Bild</translation>
    </message>
    <message>
        <source>portrait</source>
        <translation>des Porträts</translation>
    </message>
    <message>
        <source>Boost</source>
        <translation>Feinheit</translation>
    </message>
    <message>
        <source>How many times finer along each side than its model a learned swapper works; takes up to the square of it in time.</source>
        <translation>Wie viel Mal feiner je Seite als sein Modell ein gelernter Tausch arbeitet; er braucht bis zum Quadrat davon an Zeit.</translation>
    </message>
    <message>
        <source>Morph</source>
        <translation>Überblendung</translation>
    </message>
    <message>
        <source>How far a DFM file that morphs goes from the target&apos;s face to its own.</source>
        <translation>Wie weit eine DFM-Datei, die überblenden kann, vom Gesicht der Person im Bild zu ihrem eigenen geht.</translation>
    </message>
    <message>
        <source>Label</source>
        <translation>Kennzeichnung</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>Zeigen</translation>
    </message>
    <message>
        <source>Whether it is seen: auto (live, but not in files), on or off.</source>
        <translation>Ob sie zu sehen ist: automatisch (live, aber nicht in Dateien), an oder aus.</translation>
    </message>
    <message>
        <source>Position</source>
        <translation>Position</translation>
    </message>
    <message>
        <source>The corner it stands in.</source>
        <translation>Die Ecke, in der sie steht.</translation>
    </message>
    <message>
        <source>top-left</source>
        <translation>oben links</translation>
    </message>
    <message>
        <source>top-right</source>
        <translation>oben rechts</translation>
    </message>
    <message>
        <source>bottom-left</source>
        <translation>unten links</translation>
    </message>
    <message>
        <source>bottom-right</source>
        <translation>unten rechts</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Its height as a share of the picture&apos;s.</source>
        <translation>Ihre Höhe als Anteil der Bildhöhe.</translation>
    </message>
    <message>
        <source>Mask</source>
        <translation>Maske</translation>
    </message>
    <message>
        <source>Padding</source>
        <translation>Ränder</translation>
    </message>
    <message>
        <source>How much of the swap&apos;s crop stays as it was at its top, right, bottom and left, shares of its side.</source>
        <translation>Wie viel vom Ausschnitt des Tauschs oben, rechts, unten und links bleibt, wie es war, als Anteile seiner Seite.</translation>
    </message>
    <message>
        <source>Blur</source>
        <translation>Weicher Rand</translation>
    </message>
    <message>
        <source>Over how much of the crop&apos;s side the swap fades from there inwards.</source>
        <translation>Über welchen Anteil der Seite des Ausschnitts der Tausch von dort nach innen ausläuft.</translation>
    </message>
    <message>
        <source>Areas</source>
        <translation>Bereiche</translation>
    </message>
    <message>
        <source>Only these parts of the face change: upper-face, lower-face, mouth; none means all.</source>
        <translation>Nur diese Teile des Gesichts ändern sich: oberes Gesicht, unteres Gesicht, Mund; keiner heißt alle.</translation>
    </message>
    <message>
        <source>upper-face</source>
        <translation>oberes Gesicht</translation>
    </message>
    <message>
        <source>lower-face</source>
        <translation>unteres Gesicht</translation>
    </message>
    <message>
        <source>mouth</source>
        <translation>Mund</translation>
    </message>
    <message>
        <source>Regions</source>
        <translation>Regionen</translation>
    </message>
    <message>
        <source>Only these parts of the new face are shown, as the model models.parser finds them: skin, left-brow, right-brow, left-eye, right-eye, glasses, nose, mouth, upper-lip, lower-lip; none means all, and needs no model.</source>
        <translation>Nur diese Teile des neuen Gesichts werden gezeigt, wie das Modell models.parser sie findet: Haut, linke Braue, rechte Braue, linkes Auge, rechtes Auge, Brille, Nase, Mund, Oberlippe, Unterlippe; keiner heißt alle und braucht kein Modell.</translation>
    </message>
    <message>
        <source>skin</source>
        <translation>Haut</translation>
    </message>
    <message>
        <source>left-brow</source>
        <translation>linke Braue</translation>
    </message>
    <message>
        <source>right-brow</source>
        <translation>rechte Braue</translation>
    </message>
    <message>
        <source>left-eye</source>
        <translation>linkes Auge</translation>
    </message>
    <message>
        <source>right-eye</source>
        <translation>rechtes Auge</translation>
    </message>
    <message>
        <source>glasses</source>
        <translation>Brille</translation>
    </message>
    <message>
        <source>nose</source>
        <translation>Nase</translation>
    </message>
    <message>
        <source>upper-lip</source>
        <translation>Oberlippe</translation>
    </message>
    <message>
        <source>lower-lip</source>
        <translation>Unterlippe</translation>
    </message>
    <message>
        <source>Occlusion</source>
        <translation>Verdeckung</translation>
    </message>
    <message>
        <source>Leave in front what is in front of the face, such as a hand, as the model models.occluder finds it.</source>
        <translation>Davor lassen, was vor dem Gesicht ist, etwa eine Hand, wie das Modell models.occluder es findet.</translation>
    </message>
    <message>
        <source>Effort</source>
        <translation>Aufwand</translation>
    </message>
    <message>
        <source>How much of the time, live, a model may look for regions or for what is in front; in between, what it found goes along with the face. 0.06 costs that much of a core; 1 looks without a pause. In files it looks at every frame.</source>
        <translation>Welchen Anteil der Zeit ein Modell live nach Regionen oder nach dem sehen darf, was davor ist; dazwischen geht mit dem Gesicht mit, was es gefunden hat. 0,06 kostet so viel von einem Prozessorkern; 1 sieht ohne Pause nach. In Dateien sieht es sich jedes Bild an.</translation>
    </message>
    <message>
        <source>Enhancer</source>
        <translation>Schärfung</translation>
    </message>
    <message>
        <source>Blend</source>
        <translation>Anteil</translation>
    </message>
    <message>
        <source>How much of the sharpened face is seen; 0 switches it off.</source>
        <translation>Wie viel vom geschärften Gesicht zu sehen ist; 0 schaltet es ab.</translation>
    </message>
    <message>
        <source>Weight</source>
        <translation>Gewicht</translation>
    </message>
    <message>
        <source>How much a model that can be told keeps of the face as it is: 0 invents most, 1 least.</source>
        <translation>Wie viel ein Modell, dem man das sagen kann, vom Gesicht lässt, wie es ist: 0 erfindet am meisten, 1 am wenigsten.</translation>
    </message>
</context>
<context>
    <name>phase</name>
    <message>
        <source>OFF</source>
        <translation>AUS</translation>
    </message>
    <message>
        <source>PREVIEW ONLY</source>
        <translation>NUR VORSCHAU</translation>
    </message>
    <message>
        <source>LIVE</source>
        <translation>LIVE</translation>
    </message>
</context>
<context>
    <name>studio</name>
    <message>
        <source>Faces</source>
        <translation>Gesichter</translation>
    </message>
    <message>
        <source>Camera</source>
        <translation>Kamera</translation>
    </message>
    <message>
        <source>Look</source>
        <translation>Aussehen</translation>
    </message>
    <message>
        <source>Quality</source>
        <translation>Qualität</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>Dateien</translation>
    </message>
</context>
</TS>

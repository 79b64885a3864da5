"""TensorFlow Lite files as ONNX graphs: read straight from the schema, one function per operator.

    file ──flatfile.parse──► Graph ──conversion.convert──► onnx.ModelProto
                                        │ one function of operators.EMITTERS per operator

Inside the ONNX graph every value of rank 4 lies channels first (NCHW), as ONNX wants it, whereas
TFLite has it channels last (NHWC); inputs and outputs keep TFLite's layout, names and shapes.
"""

from livecam.runtime.tflite.conversion import convert

__all__ = ["convert"]

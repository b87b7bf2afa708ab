"""Figures in questions that people asked elsewhere, and that lessons 8 to 11 begin or end with."""

from .figures import Figure

TWO_SUMMARIES = (
    "Stack Overflow, question 60079783, 'Difference between Keras' BatchNormalization and "
    "PyTorch's BatchNorm2d?', the two printed summaries"
)
IN_KERAS = Figure(13_108_758, "the whole network", TWO_SUMMARIES)
LEARNED = Figure(13_108_694, "its trainable parameters, in both frameworks", TWO_SUMMARIES)
BATCH_NORM_IN_KERAS = Figure(128, "its batch norm, over 32 channels", TWO_SUMMARIES)

VGG_CONV3 = Figure(
    589_824,
    "'0.59M = (3*3)*(256*256)', a conv3-256 layer of VGG",
    "Stack Overflow, 'How to calculate the number of parameters of convolutional neural networks?'",
)
VGG16_WITH_MEANS = Figure(
    14_977_857,
    "VGG-16 without its dense layers, then means, 512 units and 1 unit",
    "Stack Overflow, question 72054299, 'Why is VGG16 giving lesser no. of total parameters?'",
)

DLIB = "dlib, pull request 1977, 'add visitor to count net parameters', January 2020"
RESNET50_IN_PYTORCH = Figure(25_557_032, "ResNet-50 in PyTorch", DLIB)
RESNET50_IN_KERAS = Figure(25_636_712, "ResNet-50 in Keras", DLIB)
SMALLER_RESNETS = "Keras, pull request 16363, 'implemented resnet18 and resnet34', April 2022"
RESNET34_IN_KERAS = Figure(
    21_827_624, "that ResNet-34, 17,152 of it non-trainable", SMALLER_RESNETS
)

LENET5_ON_28 = Figure(
    44_426,
    "a LeNet-5 of today for images of 28×28, without padding",
    "GitHub, DeepImportance/deepimportance_code_release, issue 10, August 2021",
)

"""The listings of the question that this repository answers, and its words around them, shortened.

Asked on Stack Overflow: "Sharing filter weight in convolution network". Its second listing makes
60 filters of 3×3, and the table printed under it has 10 channels and 260 parameters.
"""

FIRST_CODE = """\
from keras.layers import Input, Dense, Conv2D, MaxPool2D, Dropout
from keras.models import Model
input_layer = Input(shape=(100,100,1,), name='input_layer')
ccm1_conv = Conv2D(filters=1,kernel_size=(3,3),strides=(1,1),padding='same')(input_layer)
model = Model(input_layer,ccm1_conv)
model.summary()
"""

FIRST_TABLE = """\
Layer (type)                 Output Shape              Param #   
=================================================================
input_layer (InputLayer)     (None, 100, 100, 1)       0         
_________________________________________________________________
conv2d_9 (Conv2D)            (None, 100, 100, 1)       10        
=================================================================
Total params: 10
Trainable params: 10
Non-trainable params: 0
_________________________________________________________________
"""  # noqa: W291 (as Keras prints it)

SECOND_CODE = """\
from keras.layers import Input, Dense, Conv2D, MaxPool2D, Dropout
from keras.models import Model
input_layer = Input(shape=(100,100,1,), name='input_layer')
ccm1_conv = Conv2D(filters=60,kernel_size=(3,3),strides=(1,1))(input_layer)
model = Model(input_layer,ccm1_conv)
model.summary()
"""

SECOND_TABLE = """\
_________________________________________________________________
Layer (type)                 Output Shape              Param #   
=================================================================
input_layer (InputLayer)     (None, 100, 100, 1)       0         
_________________________________________________________________
conv2d_10 (Conv2D)           (None, 100, 100, 10)      260       
=================================================================
Total params: 260
Trainable params: 260
Non-trainable params: 0
_________________________________________________________________
"""  # noqa: W291 (as Keras prints it)

ANSWER_CODE = """\
from keras.layers import Input, Dense, Conv2D, MaxPool2D, Dropout
from keras.models import Model

input_layer = Input(shape=(100, 100, 1,), name='input_layer')
ccm1_conv = Conv2D(filters=1, kernel_size=(3, 3), strides=(1, 1), padding='same', use_bias=False)(input_layer)
model = Model(input_layer, ccm1_conv)
model.summary()
"""  # noqa: E501 (as it was posted)

QUESTION = f"""\
Sharing filter weight in convolution network

In that post, it says that the same filter in a CNN layer should share the same weight. So,
assume the kernel size is 3, the total number of parameters (weights) should be 3X1 = 3.

Then, I try to do experiment on Conv2d with the following keras code:

{FIRST_CODE}
{FIRST_TABLE}
Since I use only 1 filter, and my kernel_size = 3X3, I would expect 9 parameters instead of 10.

Then, I tried number of filters = 10, kernel_size = 5X5, it gives 260 parameters (weights):

{SECOND_CODE}
{SECOND_TABLE}
It seems the number of parameters in Conv2d is calculated by the following equation

num_weights = num_filters * (kernel_width*kernel_height + 1)

And I have no idea where does the +1 come from.

The +1 comes from the bias term of each filter. You can omit it by setting use_bias to False:

{ANSWER_CODE}
like image 95
"""

from keras import Sequential
from keras.layers import Conv2D, Dense, Flatten, MaxPooling2D

model = Sequential()
model.add(Conv2D(32, 3, activation="relu", input_shape=(28, 28, 1)))
model.add(MaxPooling2D(2))
model.add(Conv2D(64, 3, activation="relu"))
model.add(Flatten())
model.add(Dense(10, activation="softmax"))

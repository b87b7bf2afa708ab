"""Keras's constructors, a module for each family of layers."""

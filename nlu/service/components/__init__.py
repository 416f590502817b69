"""The parts of the Rasa pipeline that are ours; light to import, so that serving needs no TensorFlow."""

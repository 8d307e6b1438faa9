"""What goes wrong with the embedded servers, said to the person who started them."""


class EnginesError(Exception):
    """An embedded server cannot do what was asked; the text is a sentence for the person."""

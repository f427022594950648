// Who imports this library has its samples, what remembers them, and the tree that they are made of.
@_exported public import History
@_exported public import ProcReading
@_exported public import Samples

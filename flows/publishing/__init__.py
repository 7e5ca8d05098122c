"""How a publish is made: shares counted, marts built, the gate, and the immutable snapshot."""

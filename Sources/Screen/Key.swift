/// A key as a person means it, whatever bytes the terminal sent for it.
package enum Key: Hashable, Sendable {
    case character(Character)
    case enter, escape, backspace, delete, tab
    case up, down, left, right, pageUp, pageDown, home, end
    case function(Int)
    /// A control chord such as Ctrl-L, named by its lower-case letter.
    case control(Character)
}

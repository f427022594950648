import Samples

/// The way to where one is, and the views as they were left.
package struct Navigation: Sendable {
    /// The Overview first. Never empty.
    package private(set) var path: [Level]
    /// For when one comes back.
    private var left: [Place: Level] = [:]

    init(to place: Place) {
        path = [Level(.overview)]
        if let parent = place.view.parent { path.append(Level(parent)) }
        if place != .overview { path.append(Level(place)) }
    }

    /// Where one is.
    var level: Level {
        get { path[path.count - 1] }
        set { path[path.count - 1] = newValue }
    }

    /// What a place is about keeps the name that it had last.
    mutating func update(_ event: Event) {
        guard case .sample(let snapshot) = event else { return }
        for index in path.indices { path[index].note(snapshot) }
    }

    mutating func open(_ level: Level) { path.append(level) }

    mutating func open(_ place: Place) { open(Level(place)) }

    /// Leaves the place where one is; nil in the Overview.
    mutating func leave() -> Level? {
        guard path.count > 1 else { return nil }
        let last = path.removeLast()
        if last.view.isKept { left[last.place] = last.asLeft }
        return last
    }

    /// Goes to another place from which back leads to where it leads from here.
    mutating func replace(with place: Place) {
        left[level.place] = level.asLeft
        level = asLeft(place)
    }

    /// A view as it was left, or as it is at first.
    func asLeft(_ place: Place) -> Level { left[place] ?? Level(place) }

    /// Forgets how these views were left.
    mutating func forget(where isOver: (any View) -> Bool) {
        left = left.filter { !isOver($0.key.view) }
    }

    /// Drops what was opened from the first of these views.
    mutating func closeAbove(where isMeant: (any View) -> Bool) {
        guard let first = path.firstIndex(where: { isMeant($0.view) }) else { return }
        path.removeSubrange((first + 1)...)
    }
}

/// A function's part in a profile.
package struct FunctionShare: Hashable, Sendable {
    /// Index into the profile's `frames`.
    package var frame: Int
    /// What was met in the function itself.
    package var selfCount: Int
    /// What was met in it and in all that it called; a recursion counts once.
    package var totalCount: Int
}

extension Profile {
    /// Every function that was met, those with the most of their own first.
    package var functions: [FunctionShare] {
        var shares = frames.indices.map { FunctionShare(frame: $0, selfCount: 0, totalCount: 0) }
        /// The stack that a function was last seen in.
        var last = [Int?](repeating: nil, count: frames.count)
        for (number, stack) in stacks.enumerated() {
            for frame in stack.frames where last[frame] != number {
                last[frame] = number
                shares[frame].totalCount += stack.count
            }
            if let frame = stack.frames.last { shares[frame].selfCount += stack.count }
        }
        return shares.filter { $0.totalCount > 0 }
            .sorted {
                ($1.selfCount, $1.totalCount, $0.frame) < ($0.selfCount, $0.totalCount, $1.frame)
            }
    }

    /// What was found of one thread only.
    ///
    /// - Parameter thread: index into `threads`.
    package func of(thread: Int) -> Profile {
        var part = self
        part.threads = [threads[thread]]
        part.samples = threads[thread].samples
        part.stacks = stacks.filter { $0.thread == thread }.map {
            Stack(frames: $0.frames, thread: 0, count: $0.count)
        }
        return part
    }

    /// The same with each chain below its thread, as if threads were functions that call the
    /// outermost ones; threads of one name together, as FlameGraph's users expect.
    var belowThreads: Profile {
        var result = self
        var place: [String: Int] = [:]
        for (number, stack) in stacks.enumerated() {
            let name = threads[stack.thread].name
            let frame = place[name] ?? result.frames.count
            if place.updateValue(frame, forKey: name) == nil {
                result.frames.append(CodeFrame(name: name, module: nil))
            }
            result.stacks[number].frames = [frame] + stack.frames
        }
        return result
    }

    /// What all counts add up to, and shares are of: samples, or pages.
    package var weight: Int {
        let met = stacks.reduce(0) { $0 + $1.count }
        return countsPages ? met : max(met, samples)
    }

    /// Of all that was met, what was met in the kernel.
    package var kernelCount: Int {
        stacks.reduce(0) { sum, stack in
            let isKernel = stack.frames.last.map { frames[$0].origin == .kernel } ?? false
            return sum + (isKernel ? stack.count : 0)
        }
    }

    package var countsPages: Bool { request.event == .pageFaults }
}

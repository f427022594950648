import ProcFormats
import ProcReading
import Samples
import SystemPackage
import Units

/// Reads stacks of the threads of one process, one after the other. Belongs to one thread.
final class StackReader {
    let process: ProcessID
    private let code: AddressSpace
    private let kernel = KernelSymbols()
    /// Used again for each thread.
    private var copy = [UInt8](repeating: 0, count: ThreadStop.usualStackSize)
    private(set) var longestStop: Duration?
    /// False once it was denied.
    private(set) var mayReadKernelStacks = true

    /// - Parameter thread: one that lives: of a process whose first thread has ended, nothing can be
    ///   seen through that.
    init(_ process: ProcessID, through thread: ThreadID) {
        self.process = process
        code = AddressSpace(of: ProcessID(thread.rawValue))
    }

    /// What was found of one thread.
    enum Outcome {
        case stack(StackListing.Thread, [CodeFrame], gap: String?)
        /// It ran, or moved meanwhile.
        case running(StackListing.Thread)
        case gone
        case denied
    }

    // MARK: - Without stopping

    /// Reads the stack of a thread that sleeps, from outside.
    func read(_ thread: ThreadID) -> Outcome {
        let files = TaskHandle(thread, of: process)
        guard let (stat, name) = files.listed else { return .gone }
        let listed = StackListing.Thread(stat, name)
        if stat.state == .zombie || stat.state == .dead {
            return .stack(listed, [], gap: "has ended")
        }
        do throws(Errno) {
            let times = files.times
            let before = try files.syscall()
            guard let pointer = before.pointer.address,
                let instruction = before.pointer.instructionPointer
            else {
                guard before.record != .running else { return .running(listed) }
                return .stack(listed, kernelFrames(of: files), gap: nil)
            }
            let count = copy.withUnsafeMutableBytes {
                code.memory.read(into: $0, at: pointer)
            }
            let inKernel = kernelFrames(of: files)
            // A thread that was not put on a CPU meanwhile has not touched its stack.
            guard try files.syscall() == before, files.times?.timeslices == times?.timeslices
            else { return .running(listed) }
            let registers = UserRegisters(
                instructionPointer: instruction, stackPointer: pointer)
            let user = userFrames(registers, stack: count, isInCall: before.call != nil)
            return .stack(listed, inKernel + user, gap: count == 0 ? "no right to its stack" : nil)
        } catch {
            return error.isVanished ? .gone : .denied
        }
    }

    // MARK: - Stopping

    /// Stops a thread and reads its stack.
    func stop(_ thread: ThreadID) -> Outcome {
        let files = TaskHandle(thread, of: process)
        guard let (stat, name) = files.listed else { return .gone }
        // Who waits in the kernel for something that no signal ends does not come to a stop. Asleep
        // as it is, there is no need for one.
        if stat.state == .diskSleep || stat.state == .zombie || stat.state == .dead {
            return read(thread)
        }
        let listed = StackListing.Thread(stat, name)
        let before = try? files.syscall()
        let inKernel = before?.record == .running ? [] : kernelFrames(of: files)
        let stop: ThreadStop
        do throws(ThreadStop.Failure) {
            stop = try ThreadStop.take(of: thread)
        } catch {
            switch error {
            case .ended: return .gone
            case .unmoved: return .stack(listed, [], gap: "did not stop")
            case .refused(let number):
                return .stack(listed, [], gap: "could not be stopped: \(Errno(rawValue: number))")
            }
        }
        longestStop = max(longestStop ?? .zero, stop.length)
        copy.replaceSubrange(0..<stop.stack.count, with: stop.stack)
        // The kernel's part was read before: it belongs to the stop if the thread has not moved.
        let isSame =
            before?.pointer.address == stop.registers.stackPointer
            && before?.pointer.instructionPointer == stop.registers.instructionPointer
        let user = userFrames(
            stop.registers, stack: stop.stack.count, isInCall: isSame && before?.call != nil)
        return .stack(listed, (isSame ? inKernel : []) + user, gap: nil)
    }

    // MARK: - Of one that runs

    /// The stack that a sample found.
    func frames(of sample: TakenSample) -> [CodeFrame] {
        let inKernel = sample.kernel.enumerated().map { depth, address in
            // The call before a return address may be its function's last instruction.
            kernel.frame(at: depth == 0 ? address : address - 1)
        }
        return inKernel + sample.callers(in: code).map(code.frame(of:))
    }

    // MARK: - Frames

    private func userFrames(
        _ registers: UserRegisters, stack count: Int, isInCall: Bool
    ) -> [CodeFrame] {
        var callers = copy.withUnsafeBytes {
            code.callers(registers, stack: UnsafeRawBufferPointer(rebasing: $0[..<count]))
        }
        // A function may end with a system call that never returns.
        if isInCall, !callers.isEmpty { callers[0].isReturnAddress = true }
        return callers.map(code.frame(of:))
    }

    /// The kernel's functions, else the one in which the thread waits.
    private func kernelFrames(of files: TaskHandle) -> [CodeFrame] {
        if mayReadKernelStacks {
            do throws(Errno) {
                return try files.kernelFunctions().map(CodeFrame.init(ofKernel:))
            } catch {
                mayReadKernelStacks = error.isVanished
            }
        }
        return files.waitChannel.map { [CodeFrame(ofKernel: $0)] } ?? []
    }
}

extension StackListing.Thread {
    fileprivate init(_ stat: TaskStat, _ name: String) {
        self.init(
            id: ThreadIdentity(tid: ThreadID(stat.id), startTime: stat.startTime), name: name,
            state: stat.state)
    }
}

extension CodeFrame {
    /// "ext4_sync_file [ext4]" is of that module.
    init(ofKernel function: String) {
        let words = function.split(separator: " ", maxSplits: 1)
        self.init(
            name: words.first.map(String.init) ?? function,
            module: words.count > 1 ? String(words[1]) : "[kernel]", origin: .kernel)
    }
}

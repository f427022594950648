import ProcFormats
import ProcSampling
import Testing
import Units

@testable import Fields

/// What fields show of rows that are not like all others.
@Suite struct FieldTests {
    @Test func aThreadAmongProcessesGoesByItsOwnNumber() {
        let tasks = MadeRows.tasks(namesThreads: true)
        let fields = ProcessFields.declared
        #expect(fields.pid.text(of: ProcessRow(tasks, 0)) == "2214")
        #expect(fields.pid.text(of: ProcessRow(tasks, 0, part: 0)) == "4127")
        #expect(fields.pid.text(of: ProcessRow(MadeRows.tasks(), 0, part: 0)) == "2214")
    }

    @Test func whatOnlyProcessesHaveIsBlankForThreadsWhichGoWithTheirs() {
        let tasks = MadeRows.tasks()
        let (process, thread) = (ProcessRow(tasks, 0), ProcessRow(tasks, 0, part: 0))
        let resident = ProcessFields.declared.resident
        #expect(resident.value(thread) == .inapplicable)
        #expect(resident.text(of: thread) == "")
        #expect(resident.key(of: thread) == resident.key(of: process))
    }

    @Test func aHotFigureHasAMark() {
        let tasks = MadeRows.tasks()
        let fields = ProcessFields.declared
        // Of several threads the sum says nothing about any one.
        #expect(fields.cpu.cell(of: ProcessRow(tasks, 0)) == FieldCell("131 ", .normal))
        #expect(fields.cpu.cell(of: ProcessRow(tasks, 0, part: 0)) == FieldCell("99.8!", .critical))
        #expect(fields.hottest.cell(of: ProcessRow(tasks, 0)) == FieldCell("99.8!", .critical))
        #expect(fields.command.cell(of: ProcessRow(tasks, 0)).emphasis == .critical)
        #expect(fields.cpu.cell(of: ProcessRow(tasks, 1)) == FieldCell("- ", .normal))
    }

    @Test func whoseHottestThreadMayHaveEndedIsNoLessHot() {
        var busy = MadeRows.process
        busy.cpu = Percent(97.0)
        busy.hottestCPU = Percent(0.3)
        busy.endedCPU = Percent(96.5)
        var half = busy
        (half.hottestCPU, half.endedCPU) = (Percent(31.2), Percent(60.0))
        var quiet = busy
        (quiet.hottestCPU, quiet.endedCPU) = (Percent(40.0), .zero)
        var racing = busy
        (racing.hottestCPU, racing.endedCPU) = (Percent(90.0), Percent(7.0))
        let tasks = MadeRows.tasks([busy, half, quiet, racing])
        let field = ProcessFields.declared.hottest
        let rows = (0..<4).map { ProcessRow(tasks, $0) }
        #expect(rows.map(field.text) == [">=0.3", ">=31", "40.0", "90.0"])
        let order = RowOrder.sorted(4, descending: true) { field.key(of: rows[$0]) }
        #expect(order == [0, 3, 1, 2])
        // A bound is no figure: null in documents.
        #expect(field.value(rows[0]) == .atLeast(Percent(0.3)))
    }

    @Test func zerosFadeWhereTheyMayBeOverlooked() {
        var quiet = MadeRows.process
        quiet.threads[0].user = .zero
        quiet.threads[0].voluntarySwitches = .zero
        let fields = ThreadFields.declared
        let row = ThreadRow(MadeRows.tasks([quiet]), 0, 0)
        #expect(fields.userCPU.cell(of: row) == FieldCell("0.0", .faint))
        #expect(fields.voluntary.cell(of: row) == FieldCell("0", .normal))
        // On a slow line a colour costs as much as a figure.
        let coarse = ThreadRow(MadeRows.tasks([quiet], isCoarse: true), 0, 0)
        #expect(fields.userCPU.cell(of: coarse) == FieldCell("0", .normal))
    }

    @Test func theCommandOfAKernelThreadIsItsName() {
        let row = ProcessRow(MadeRows.tasks(), 1)
        #expect(ProcessFields.declared.command.text(of: row) == "[kthreadd]")
        #expect(ProcessFields.declared.command.value(row) == .unknown)
    }

    @Test func ofALongCommandTheBeginningAndTheEndAreShown() {
        var server = MadeRows.process
        let path = String(repeating: "/opt/app/lib/library.jar:", count: 400)
        server.command = "/usr/bin/java -cp \(path) com.example.Server2 --port 8082"
        let command = ProcessFields.declared.command
        var row = ProcessRow(MadeRows.tasks([server]), 0)
        #expect(command.text(of: row) == "/usr/bin/java -cp ... com.example.Server2 --port 8082")
        #expect(command.value(row) == FieldValue(server.command))
        server.command = "make " + String(repeating: "one two ", count: 200) + "last"
        row = ProcessRow(MadeRows.tasks([server]), 0)
        let text = command.text(of: row)
        #expect(text.hasPrefix("make one two") && text.hasSuffix(" two last"))
        #expect(text.utf8.count < 600)
    }

    @Test func anUnevenSlopeIsForDocumentsOnly() {
        var figures = MadeRows.growth
        figures.isUneven = true
        let context = TaskContext(
            [MadeRows.process], userNames: UserNames(parsing: [UInt8]().span),
            memory: TaskContext.MemoryFigures(growth: { [figures] _ in .known(figures) }))
        let row = ProcessRow(context, 0)
        #expect(ProcessFields.declared.rate.text(of: row) == "")
        #expect(ProcessFields.declared.rate.value(row) == .change(ByteChange(2_100_000.0)))
        #expect(ProcessFields.declared.shape.cell(of: row) == FieldCell("rising", .warning))
    }

    @Test func nothingIsKnownOfAnotherMoment() {
        let context = TaskContext(
            [MadeRows.process], userNames: UserNames(parsing: [UInt8]().span),
            memory: TaskContext.MemoryFigures(growth: { _ in .stale }))
        let row = ProcessRow(context, 0)
        #expect(ProcessFields.declared.timeLeft.cell(of: row) == FieldCell("?", .normal))
        #expect(ProcessFields.declared.timeLeft.key(of: row) == nil)
    }

    @Test func aViewMayShowAFieldOtherwiseInTheSameOrder() {
        let row = ProcessRow(MadeRows.tasks(), 0)
        let command = ProcessFields.declared.command
        let short = command.showing { _ in .text("streamd") }
        #expect(short.text(of: row) == "streamd")
        #expect(short.key(of: row) == command.key(of: row))
        #expect(short.value(row) == command.value(row))
    }

    @Test func whatMayNotBeKnownIsDenied() {
        var process = MadeRows.process
        process.threads[0].activity = .denied
        let row = ThreadRow(MadeRows.tasks([process]), 0, 0)
        let fields = ThreadFields.declared
        for field in [fields.activity, fields.systemCall, fields.waitChannel] {
            #expect(field.value(row) == .denied)
            #expect(field.text(of: row) == "-")
            #expect(field.key(of: row) == nil)
        }
    }

    // MARK: Sockets

    @Test func aListenerHasConnectionsNotBytes() {
        let row = MadeRows.sockets([MadeRows.listener])[0]
        let fields = SocketFields.declared
        #expect(fields.receiveQueue.cell(of: row) == FieldCell("129", .critical))
        #expect(fields.receiveQueue.value(row) == .inapplicable)
        #expect(fields.acceptQueue.value(row) == .count(129))
        #expect(fields.acceptQueueLimit.value(row) == .count(128))
    }

    @Test func onlyConnectionsHaveARoundTrip() {
        var bare = MadeRows.connection
        bare.tcp = nil
        let rows = MadeRows.sockets([
            MadeRows.connection, bare, MadeRows.listener, MadeRows.socket(4, .udp, .close),
        ])
        #expect(rows.map(SocketFields.declared.roundTrip.text) == ["312us", "-", "", ""])
    }

    @Test func addressesGoByNumberThenByPort() {
        let addresses = [
            MadeRows.address("10.0.0.10", 80), MadeRows.address("10.0.0.9", 81),
            MadeRows.address("2001:db8::1", 80), MadeRows.address("10.0.0.9", 80),
            MadeRows.address("0.0.0.0", 9000), MadeRows.address("::ffff:10.0.0.9", 82),
            .unix("/run/b"), .unix("/run/a"), .none, MadeRows.address("0.0.0.0", 0),
        ]
        let rows = MadeRows.sockets(
            addresses.enumerated().map { MadeRows.socket(UInt64($0 + 10), .tcp, .close, $1) })
        let order = RowOrder.sorted(rows.count, descending: false) {
            SocketFields.declared.local.key(of: rows[$0])
        }
        #expect(order == [4, 3, 1, 5, 0, 2, 7, 6, 8, 9])
    }

    @Test func whatLosesNowIsMarked() {
        let row = MadeRows.sockets([MadeRows.connection])[0]
        #expect(SocketFields.declared.dropRate.cell(of: row) == FieldCell("2.5!", .critical))
        #expect(SocketFields.declared.drops.text(of: row) == "120k")
    }
}

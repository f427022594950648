import Diagnosis
import ProcSampling
import Units

/// A finding as JSON. Its id is that of its kind; which one it is, the subject says.
struct FindingDocument: Encodable {
    let finding: Finding

    func encode(to encoder: any Encoder) throws {
        var fields = FieldWriter(encoder)
        try fields.write("id", finding.kind.name)
        try fields.write("severity", finding.severity.rawValue)
        try fields.write("confidence", finding.confidence.rawValue)
        try fields.write("subject", SubjectDocument(finding.subject))
        try fields.write("claim", finding.claim)
        try fields.write("evidence", finding.evidence)
        try fields.write("was", finding.baseline)
        try fields.write("so", finding.meaning)
        try fields.write("advice", finding.advice)
        try fields.write("next", finding.next.map(NextStepDocument.init))
        try fields.write("since", finding.since.rfc3339)
    }

    private struct NextStepDocument: Encodable {
        let step: NextStep

        init(_ step: NextStep) { self.step = step }

        private var view: NextStep.View? {
            if case .view(let view) = step.kind { view } else { nil }
        }

        private var value: String? {
            if case .setting(_, let value) = step.kind { value } else { nil }
        }

        func encode(to encoder: any Encoder) throws {
            var fields = FieldWriter(encoder)
            try fields.write("kind", step.kind.name)
            try fields.write("name", step.kind.which)
            try fields.write("filter", view?.filter)
            try fields.write("sort", view?.sort?.rawValue)
            try fields.write("value", value)
            try fields.write("subject", step.subject.map(SubjectDocument.init))
            try fields.write("command", step.command)
            try fields.write("text", step.text)
        }
    }

    private struct SubjectDocument: Encodable {
        let subject: Subject

        init(_ subject: Subject) { self.subject = subject }

        func encode(to encoder: any Encoder) throws {
            var fields = FieldWriter(encoder)
            switch subject {
            case .host: try fields.write("kind", "host")
            case .process(let process):
                try fields.write("kind", "process")
                try fields.write("pid", process.pid.rawValue)
            case .thread(let thread, let process):
                try fields.write("kind", "thread")
                try fields.write("pid", process.pid.rawValue)
                try fields.write("tid", thread.tid.rawValue)
            case .group(let path):
                try fields.write("kind", "cgroup")
                try fields.write("path", path)
            case .socket(_, let inode, let owner):
                try fields.write("kind", "socket")
                try fields.write("inode", inode)
                try fields.write("pid", owner?.pid.rawValue)
            case .interface(let name):
                try fields.write("kind", "interface")
                try fields.write("name", name)
            case .peer(let address):
                try fields.write("kind", "peer")
                try fields.write("address", address.description)
            case .device(let name):
                try fields.write("kind", "device")
                try fields.write("name", name)
            case .mapping(let address, let process):
                try fields.write("kind", "mapping")
                try fields.write("pid", process.pid.rawValue)
                try fields.write("address", "0x" + String(address, radix: 16))
            case .file(let path):
                try fields.write("kind", "file")
                try fields.write("path", path)
            }
        }
    }
}

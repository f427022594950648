// swift-tools-version: 6.2
import PackageDescription

/// What every Swift target is compiled with: Swift 6 rules, no warning passes.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

/// What every C target is compiled with.
let strictC: [CSetting] = [
    .define("_GNU_SOURCE"),
    .enableWarning("all"),
    .enableWarning("extra"),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "dxtop",
    products: [
        .executable(name: "dxtop", targets: ["dxtop"]),
        .library(name: "ProcSampling", targets: ["ProcSampling"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-collections.git", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-system.git", from: "1.8.0"),
        .package(
            url: "https://github.com/swiftlang/swift-subprocess.git", from: "1.0.0", traits: []),
    ],
    targets: [
        // The house, from bytes to screen. A target imports only those above it.

        // Quantities, identities, and how people read them.
        .target(name: "Units", swiftSettings: strict),
        // C that Swift cannot import: each function says why.
        .target(
            name: "CLinux", cSettings: strictC, linkerSettings: [.linkedLibrary("seccomp")]),
        .target(
            name: "CElfutils", cSettings: strictC,
            linkerSettings: ["dw", "elf", "lzma", "iberty"].map { .linkedLibrary($0) }),
        // Bytes to values, without I/O: one type for each file of /proc and each answer of netlink.
        .target(
            name: "ProcFormats", dependencies: ["Units"],
            // A cursor that cannot outlive the bytes it walks over.
            swiftSettings: strict + [.enableExperimentalFeature("Lifetimes")]),
        // The only code that opens /proc.
        .target(
            name: "ProcReading",
            dependencies: [
                "CLinux", "ProcFormats", "Units",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict),
        // Values: what a sample is.
        .target(
            name: "Samples", dependencies: ["CLinux", "ProcFormats", "Units"],
            swiftSettings: strict),
        // Bounded memory of samples.
        .target(
            name: "History",
            dependencies: [
                "ProcFormats", "Samples", "Units",
                .product(name: "DequeModule", package: "swift-collections"),
            ],
            swiftSettings: strict),
        // What a field says of a row: text, order and name in JSON from one declaration.
        .target(
            name: "Fields", dependencies: ["ProcFormats", "Samples", "Units"], swiftSettings: strict),
        // The library: makes samples of a machine, with a plan of what to read.
        .target(
            name: "ProcSampling",
            dependencies: [
                "CLinux", "History", "ProcFormats", "ProcReading", "Samples", "Units",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict),
        // What is wrong, and on what grounds.
        .target(
            name: "Diagnosis",
            dependencies: [
                "History", "ProcFormats", "Samples", "Units",
                .product(name: "DequeModule", package: "swift-collections"),
            ],
            swiftSettings: strict),
        // Active measurements of one subject, and external programs.
        .target(
            name: "Probes",
            dependencies: [
                "CElfutils", "CLinux", "Fields", "ProcFormats", "ProcReading", "ProcSampling",
                "Samples", "Units",
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict),
        // Cells, styles and widgets: knows no terminal and no machine.
        .target(name: "Screen", dependencies: ["Units"], swiftSettings: strict),
        // The real terminal.
        .target(
            name: "CCurses", cSettings: strictC,
            linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo")]),
        .target(
            name: "CursesScreen", dependencies: ["CCurses", "Screen"], swiftSettings: strict),
        // What the screen shows and what keys do: pure.
        .target(
            name: "Dashboard",
            dependencies: [
                "Diagnosis", "Fields", "History", "Probes", "ProcFormats", "Samples", "Screen", "Units",
            ],
            swiftSettings: strict),
        // Arguments, wiring and subcommands.
        .executableTarget(
            name: "dxtop",
            dependencies: [
                "CLinux", "CursesScreen", "Dashboard", "Diagnosis", "Fields", "Probes",
                "ProcFormats", "ProcSampling", "Samples", "Screen", "Units",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),

        // Programs whose behaviour is known, for the demo, the tests and the benchmarks.
        .executableTarget(
            name: "workload", path: "Workloads", cSettings: strictC,
            linkerSettings: [.linkedLibrary("pthread")]),

        .executableTarget(
            name: "terminal-host", dependencies: ["CursesScreen", "Screen"],
            path: "Tests/TerminalHost", swiftSettings: strict),

        .executableTarget(
            name: "probe-host", dependencies: ["Probes", "ProcFormats", "ProcSampling", "Units"],
            path: "Tests/ProbeHost", swiftSettings: strict),

        .executableTarget(
            name: "long-run",
            dependencies: [
                "Dashboard", "ProcFormats", "ProcSampling", "Screen", "TestSupport", "Units",
            ],
            path: "Tests/LongRun", swiftSettings: strict),

        .target(
            name: "TestSupport", dependencies: ["Fields", "ProcFormats", "ProcSampling", "Units"],
            path: "Tests/TestSupport", swiftSettings: strict),
        // Apart from the rest: a program that uses the rest need not have the testing library.
        .target(name: "TestTraits", path: "Tests/TestTraits", swiftSettings: strict),

        .testTarget(name: "UnitsTests", dependencies: ["Units"], swiftSettings: strict),
        .testTarget(
            name: "ProcFormatsTests", dependencies: ["ProcFormats", "TestSupport", "Units"],
            exclude: ["Fixtures"], swiftSettings: strict),
        .testTarget(
            name: "SamplesTests", dependencies: ["ProcFormats", "Samples", "Units"],
            swiftSettings: strict),
        .testTarget(
            name: "HistoryTests",
            dependencies: ["History", "ProcFormats", "Samples", "TestSupport", "Units"],
            swiftSettings: strict),
        .testTarget(
            name: "ProcSamplingTests",
            dependencies: [
                "CLinux", "ProcFormats", "ProcReading", "ProcSampling", "Samples", "TestSupport",
                "TestTraits", "Units",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "FieldsTests",
            dependencies: [
                "Fields", "ProcFormats", "ProcSampling", "Samples", "TestSupport", "Units",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "DiagnosisTests",
            dependencies: ["Diagnosis", "ProcFormats", "ProcSampling", "TestSupport", "Units"],
            exclude: ["Network/Captured"], swiftSettings: strict),
        .testTarget(
            name: "ProbesTests",
            dependencies: [
                "CElfutils", "probe-host", "Probes", "ProcFormats", "ProcReading", "ProcSampling",
                "TestTraits",
                "Units",
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            exclude: ["Programs"], swiftSettings: strict),
        .testTarget(name: "ScreenTests", dependencies: ["Screen"], swiftSettings: strict),
        .testTarget(
            name: "CursesScreenTests", dependencies: ["CursesScreen", "Screen", "terminal-host"],
            swiftSettings: strict),
        .testTarget(
            name: "DashboardTests",
            dependencies: [
                "Dashboard", "Diagnosis", "Fields", "Probes", "ProcFormats", "ProcSampling",
                "Screen", "TestSupport", "Units",
            ],
            exclude: ["Golden"], swiftSettings: strict),
        .testTarget(
            name: "dxtopTests",
            dependencies: [
                "Dashboard", "Diagnosis", "dxtop", "Fields", "Probes", "ProcFormats",
                "ProcSampling", "Screen", "TestSupport", "Units",
            ],
            exclude: ["Contracts"], swiftSettings: strict),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "TestTraits",
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            exclude: ["Trees"], swiftSettings: strict),
    ]
)

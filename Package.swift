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
        .target(name: "Units", swiftSettings: strict),
        .target(
            name: "CLinux", cSettings: strictC, linkerSettings: [.linkedLibrary("seccomp")]),
        .target(
            name: "CElfutils", cSettings: strictC,
            linkerSettings: ["dw", "elf", "lzma", "iberty"].map { .linkedLibrary($0) }),
        .target(
            name: "ProcFormats", dependencies: ["Units"],
            // A cursor that cannot outlive the bytes it walks over.
            swiftSettings: strict + [.enableExperimentalFeature("Lifetimes")]),
        .target(
            name: "ProcSampling",
            dependencies: [
                "CLinux", "ProcFormats", "Units",
                .product(name: "DequeModule", package: "swift-collections"),
            ],
            swiftSettings: strict),
        .target(
            name: "Fields", dependencies: ["ProcSampling", "Units"], swiftSettings: strict),
        .target(
            name: "Diagnosis", dependencies: ["ProcFormats", "ProcSampling", "Units"],
            swiftSettings: strict),
        .target(
            name: "Probes",
            dependencies: [
                "CElfutils", "CLinux", "Fields", "ProcFormats", "ProcSampling", "Units",
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict),
        .target(name: "Screen", swiftSettings: strict),
        .target(
            name: "CCurses", cSettings: strictC,
            linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo")]),
        .target(
            name: "CursesScreen", dependencies: ["CCurses", "Screen"], swiftSettings: strict),
        .target(
            name: "Dashboard",
            dependencies: [
                "Diagnosis", "Fields", "Probes", "ProcFormats", "ProcSampling", "Screen", "Units",
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "dxtop",
            dependencies: [
                "CLinux", "CursesScreen", "Dashboard", "Diagnosis", "Fields", "Probes",
                "ProcFormats",
                "ProcSampling", "Screen", "Units",
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
            name: "ProcSamplingTests",
            dependencies: [
                "CLinux", "ProcFormats", "ProcSampling", "TestSupport", "TestTraits", "Units",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "FieldsTests",
            dependencies: ["Fields", "ProcFormats", "ProcSampling", "TestSupport", "Units"],
            swiftSettings: strict),
        .testTarget(
            name: "DiagnosisTests",
            dependencies: ["Diagnosis", "ProcFormats", "ProcSampling", "TestSupport", "Units"],
            exclude: ["Network/Captured"], swiftSettings: strict),
        .testTarget(
            name: "ProbesTests",
            dependencies: [
                "CElfutils", "probe-host", "Probes", "ProcFormats", "ProcSampling", "TestTraits",
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
                "ProcSampling", "TestSupport", "Units",
            ],
            exclude: ["Contracts", "Golden"], swiftSettings: strict),
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

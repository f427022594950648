// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that the product does not depend on a benchmark library. `Sources` links
// to the product's own: compiled here as part of this package, all they have is in reach.

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableExperimentalFeature("Lifetimes"),
]

let package = Package(
    name: "dxtop-benchmarks",
    dependencies: [
        // No traits: its malloc counter is another library to fetch.
        .package(url: "https://github.com/ordo-one/benchmark.git", from: "1.38.1", traits: []),
        .package(url: "https://github.com/apple/swift-collections.git", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-system.git", from: "1.8.0"),
    ],
    targets: [
        .target(name: "Units", swiftSettings: settings),
        .target(
            name: "CLinux", cSettings: [.define("_GNU_SOURCE")],
            linkerSettings: [.linkedLibrary("seccomp")]),
        .target(name: "ProcFormats", dependencies: ["Units"], swiftSettings: settings),
        .target(
            name: "ProcReading",
            dependencies: [
                "CLinux", "ProcFormats", "Units",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: settings),
        .target(
            name: "Samples", dependencies: ["CLinux", "ProcFormats", "Units"],
            swiftSettings: settings),
        .target(
            name: "History",
            dependencies: [
                "ProcFormats", "Samples", "Units",
                .product(name: "DequeModule", package: "swift-collections"),
            ],
            swiftSettings: settings),
        .target(
            name: "ProcSampling",
            dependencies: [
                "CLinux", "History", "ProcFormats", "ProcReading", "Samples", "Units",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: settings),
        .target(name: "Screen", dependencies: ["Units"], swiftSettings: settings),

        // The least that reading the files of N threads can cost, in C.
        .target(name: "Floor", path: "Floor", cSettings: [.define("_GNU_SOURCE")]),
        .executableTarget(
            name: "ReadingCost", dependencies: ["Floor", "ProcFormats", "ProcSampling"],
            path: "ReadingCost", swiftSettings: settings),
        .executableTarget(
            name: "Micro",
            dependencies: [
                "ProcFormats", "Screen",
                .product(name: "Benchmark", package: "benchmark"),
            ],
            path: "Micro", swiftSettings: settings,
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
    ]
)

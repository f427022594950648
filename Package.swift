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
    ],
    dependencies: [
    ],
    targets: [
        // The house, from bytes to screen. A target imports only those above it.
        .target(name: "Units", swiftSettings: strict),
        .target(
            name: "ProcFormats", dependencies: ["Units"],
            // A cursor that cannot outlive the bytes it walks over.
            swiftSettings: strict + [.enableExperimentalFeature("Lifetimes")]),

        .testTarget(name: "UnitsTests", dependencies: ["Units"], swiftSettings: strict),
        .testTarget(
            name: "ProcFormatsTests", dependencies: ["ProcFormats", "Units"],
            exclude: ["Fixtures"], swiftSettings: strict),
    ]
)

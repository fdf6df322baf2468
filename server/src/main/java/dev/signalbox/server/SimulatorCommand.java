package dev.signalbox.server;

import picocli.CommandLine.Command;

/** Simulated providers: the parent of those that features bring. */
@Command(
        name = "simulator",
        description = "Runs a simulated provider, to try things by hand. Nothing is sent to anyone.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
final class SimulatorCommand {}

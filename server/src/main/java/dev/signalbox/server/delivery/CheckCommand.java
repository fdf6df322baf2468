package dev.signalbox.server.delivery;

import picocli.CommandLine.Command;

/** Checks what is stored. */
@Command(
        name = "check",
        description = "Checks what the server has stored.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExamples:%n",
        footer = {"  signalbox check history"})
final class CheckCommand {}

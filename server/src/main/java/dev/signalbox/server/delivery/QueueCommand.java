package dev.signalbox.server.delivery;

import picocli.CommandLine.Command;

/** Looks into a server's queue, and changes the fate of messages. */
@Command(
        name = "queue",
        description =
                "Lists, retries, cancels, reschedules and resolves the messages of a server's queue, and pauses its channels.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            QueueStatus.class,
            QueueStatus.Watch.class,
            QueueMessages.Listing.class,
            QueueMessages.Show.class,
            QueueMessages.Count.class,
            QueueChange.Retry.class,
            QueueChange.Cancel.class,
            QueueChange.Resolve.class,
            QueueChange.Delete.class,
            QueueReschedule.class,
            QueueLanes.Listing.class,
            QueueLanes.Pause.class,
            QueueLanes.Resume.class
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  signalbox queue status",
            "  signalbox queue list --state dead",
            "  signalbox queue count --state sent --tag campaign:spring",
            "  signalbox queue retry 019ac0de-0000-7000-8000-000000000001",
            "  signalbox queue retry --state dead --reason timeout --dry-run",
            "  signalbox queue pause sms --note 'the provider works on its line until six'"
        })
final class QueueCommand {}

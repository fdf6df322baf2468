package dev.signalbox.server.webhook;

import picocli.CommandLine.Command;

/** Endpoints of the channel {@code webhook}. */
@Command(
        name = "webhook",
        description = "Makes the endpoints that webhooks go to, and shows, tests and changes them.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = WebhookCommand.Endpoints.class,
        footerHeading = "%nExamples:%n",
        footer = {
            "  signalbox webhook endpoints create https://example.com/hook --id orders",
            "  signalbox webhook endpoints test orders",
            "  signalbox send --to webhook:orders '{\"type\": \"order.paid\", \"data\": {\"id\": 7}}'"
        })
final class WebhookCommand {

    /** What endpoints are asked and told. */
    @Command(
            name = "endpoints",
            description = "Makes endpoints, lists, shows, tests, changes and removes them.",
            mixinStandardHelpOptions = true,
            synopsisSubcommandLabel = "COMMAND",
            subcommands = {
                EndpointCreate.class,
                EndpointQuestions.Listing.class,
                EndpointQuestions.Show.class,
                EndpointQuestions.Test.class,
                EndpointChanges.Change.class,
                EndpointChanges.Rotate.class,
                EndpointChanges.Disable.class,
                EndpointChanges.Enable.class,
                EndpointChanges.Replay.class,
                EndpointChanges.Delete.class
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  signalbox webhook endpoints create https://example.com/hook --id orders",
                "  signalbox webhook endpoints rotate orders --overlap 24h",
                "  signalbox webhook endpoints replay orders --since 2026-03-01T00:00:00Z --dry-run"
            })
    static final class Endpoints {}
}

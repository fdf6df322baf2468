package dev.signalbox.server.delivery;

import dev.signalbox.server.command.CommandFailure;
import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.command.Output;
import dev.signalbox.server.command.RestClient;
import dev.signalbox.server.command.ServerOptions;
import dev.signalbox.server.command.TemplateVariables;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/** Hands one message to the server. */
@Command(
        name = "send",
        description = "Hands one message to the server, and prints its id.",
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {
            "  signalbox send --to sms:+61491570006 'The train leaves at nine'",
            "  signalbox send --to 'client:alice within 5s' --to sms:+61491570006 --dedupe-key order-7 'It is ready'",
            "  date | signalbox send --to client:alice -"
        })
final class SendCommand implements Callable<Integer> {
    private static final int LARGEST = 1 << 20;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Option(
            names = "--to",
            required = true,
            paramLabel = "ADDRESS",
            description = "CHANNEL:ADDRESS, optionally with ` within TIME`. If it is given several times, or with ` >"
                    + " ` between, the next is tried when one fails.")
    private final List<String> to = new ArrayList<>();

    @Parameters(arity = "0..1", paramLabel = "TEXT", description = "The message; - reads it from stdin.")
    private @Nullable String text;

    @Option(
            names = "--template",
            paramLabel = "NAME",
            description = "The template that the message is made of, instead of a text.")
    private @Nullable String template;

    @Mixin
    private final TemplateVariables variables = new TemplateVariables();

    @Option(
            names = "--locale",
            paramLabel = "LOCALE",
            description = "The language of the template, such as de or de-at.")
    private @Nullable String locale;

    @Option(
            names = "--dedupe-key",
            paramLabel = "KEY",
            description = "A second message with the same key is not enqueued.")
    private @Nullable String dedupeKey;

    @Option(
            names = "--dedupe-window",
            paramLabel = "TIME",
            description = "How long the key stands in the way of another message, such as 10m; else for ever.")
    private @Nullable String dedupeWindow;

    @Option(names = "--tag", paramLabel = "TAG", description = "A tag to find it by. May be repeated.")
    private final List<String> tags = new ArrayList<>();

    @Option(
            names = "--metadata",
            paramLabel = "NAME=VALUE",
            description = "Something to keep with it, which is not sent. May be repeated.")
    private final Map<String, String> metadata = new LinkedHashMap<>();

    @Option(names = "--time-zone", paramLabel = "ZONE", description = "The recipient's, such as Europe/Berlin.")
    private @Nullable String timeZone;

    @Option(
            names = "--quiet-hours",
            paramLabel = "HOURS",
            description = "When the recipient is not to be disturbed, such as 22:00-07:00; needs --time-zone.")
    private @Nullable String quietHours;

    @Option(names = "--priority", paramLabel = "N", description = "0 (first) to 9 (last).")
    private @Nullable Integer priority;

    @Option(names = "--at", paramLabel = "TIME", description = "Sends it no earlier than this time (RFC 3339).")
    private @Nullable String at;

    @Option(names = "--expires-in", paramLabel = "TIME", description = "Gives up after this time, such as 1h.")
    private @Nullable String expiresIn;

    @Option(names = "--max-attempts", paramLabel = "N", description = "Attempts of each step.")
    private @Nullable Integer maxAttempts;

    @Option(
            names = "--attachment",
            paramLabel = "ID",
            description = "A file that mail has attached, by the id that `attachment save` printed. May be repeated.")
    private final List<String> attachments = new ArrayList<>();

    @Option(names = "--header", paramLabel = "NAME=VALUE", description = "A header. May be repeated.")
    private final Map<String, String> headers = new LinkedHashMap<>();

    @Option(
            names = "--traceparent",
            paramLabel = "TRACE",
            description = "The place in a trace that it belongs to, as W3C Trace Context writes it.")
    private @Nullable String traceparent;

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    @Mixin
    private final Output output = new Output();

    @Override
    public Integer call() throws IOException {
        var answer = server.client().post("/api/messages", message());
        boolean duplicate = answer.path("duplicate").asBoolean(false);
        output.result(
                json ? answer.toString() : answer.path("id").asString("") + (duplicate ? " (known already)" : ""));
        return ExitCode.OK;
    }

    private ObjectNode message() throws IOException {
        var message = RestClient.JSON.createObjectNode();
        message.put("to", String.join(" > ", to));
        addContent(message);
        addOptions(message);
        return message;
    }

    private void addContent(ObjectNode message) throws IOException {
        if ((text == null) == (template == null)) {
            throw new CommandFailure(ExitCode.USAGE, "give either a TEXT or --template, not both");
        }
        if (text != null) {
            message.put("body", text.equals("-") ? stdin() : text);
            return;
        }
        ObjectNode content = message.putObject("template").put("name", template);
        put(content, "locale", locale);
        content.set("variables", variables.read());
    }

    private void addOptions(ObjectNode message) {
        put(message, "dedupeKey", dedupeKey);
        put(message, "dedupeWindow", dedupeWindow);
        put(message, "timeZone", timeZone);
        put(message, "quietHours", quietHours);
        put(message, "at", at);
        put(message, "expiresIn", expiresIn);
        put(message, "traceparent", traceparent);
        if (priority != null) {
            message.put("priority", priority);
        }
        if (maxAttempts != null) {
            message.put("maxAttempts", maxAttempts);
        }
        if (!attachments.isEmpty()) {
            message.set("attachments", RestClient.JSON.valueToTree(attachments));
        }
        if (!tags.isEmpty()) {
            message.set("tags", RestClient.JSON.valueToTree(tags));
        }
        if (!metadata.isEmpty()) {
            message.set("metadata", RestClient.JSON.valueToTree(metadata));
        }
        if (!headers.isEmpty()) {
            message.set("headers", RestClient.JSON.valueToTree(headers));
        }
    }

    private static void put(ObjectNode message, String name, @Nullable String value) {
        if (value != null) {
            message.put(name, value);
        }
    }

    private static String stdin() throws IOException {
        byte[] read = System.in.readNBytes(LARGEST + 1);
        if (read.length > LARGEST) {
            throw new CommandFailure(
                    ExitCode.USAGE, "standard input is longer than 1 MiB; a message has at most 64 KiB");
        }
        return new String(read, StandardCharsets.UTF_8).stripTrailing();
    }
}

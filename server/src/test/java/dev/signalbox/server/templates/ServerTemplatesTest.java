package dev.signalbox.server.templates;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.server.Run;
import dev.signalbox.server.SignalboxCommand;
import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.node.Server;
import dev.signalbox.testing.simulator.SmtpSimulator;
import dev.signalbox.testing.simulator.SmtpSimulatorOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole server that mails what templates make. */
class ServerTemplatesTest {
    @TempDir
    Path folder;

    private String url = "";

    @Test
    void aMessageIsMadeOfATemplate() throws Exception {
        try (var mail = SmtpSimulator.start(SmtpSimulatorOptions.defaults());
                var _ = server(mail)) {
            Path any = file("any.txt", "Welcome, {{name}}!");
            Path html = file("de.html", "<p>Willkommen, {{name}}!</p>");
            assertThat(run("template", "save", "welcome", any.toString()).out())
                    .isEqualToIgnoringNewLines("welcome is saved as version 1");
            run("template", "save", "welcome", any.toString(), "--channel", "email", "--locale", "de");
            assertThat(run(
                                    "template",
                                    "save",
                                    "welcome",
                                    html.toString(),
                                    "--channel",
                                    "email",
                                    "--locale",
                                    "de",
                                    "--subject",
                                    "Hallo {{name}}",
                                    "--html",
                                    "--json")
                            .json()
                            .path("version")
                            .asInt())
                    .isEqualTo(2);
            assertThat(run("template", "list").out()).contains("welcome", "email", "de", "name");
            Run preview = run(
                    "template", "preview", "welcome", "--channel", "email", "--locale", "de-AT", "--var", "name=<Zoë>");
            assertThat(preview.out()).contains("Hallo <Zoë>", "<p>Willkommen, &lt;Zoë&gt;!</p>");
            assertThat(run("template", "preview", "welcome", "--var", "name=Zoë")
                            .out())
                    .isEqualToIgnoringNewLines("Welcome, Zoë!");

            Run sent = run(
                    "send",
                    "--to",
                    "email:alice@example.com",
                    "--template",
                    "welcome",
                    "--locale",
                    "de",
                    "--var",
                    "name=Alice");
            assertThat(sent.exitCode()).as(sent.err()).isZero();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> mail.stats().accepted() == 1);
            var message = mail.messages(1).getFirst();
            assertThat(message.header("Subject")).contains("Hallo Alice");
            assertThat(message.text()).contains("<p>Willkommen, Alice!</p>");

            Path mjml = file(
                    "welcome.mjml",
                    "<mjml><mj-body><mj-section><mj-column><mj-text>Hi {{name}}</mj-text></mj-column></mj-section></mj-body></mjml>");
            run("template", "save", "welcome", mjml.toString(), "--channel", "email", "--locale", "fr", "--mjml");
            assertThat(run(
                                    "template",
                                    "preview",
                                    "welcome",
                                    "--channel",
                                    "email",
                                    "--locale",
                                    "fr",
                                    "--var",
                                    "name=<A>")
                            .out())
                    .contains("<!doctype html>", "Hi &lt;A&gt;");

            run("template", "delete", "welcome", "--yes");
            assertThat(run("template", "show", "welcome").err()).contains("no template welcome");
        }
    }

    /** Loops, conditions and filters, in the language of the template. */
    @Test
    void operatorsWriteTemplatesWithLogic() throws Exception {
        try (var mail = SmtpSimulator.start(SmtpSimulatorOptions.defaults());
                var _ = server(mail)) {
            Path bill = file(
                    "bill.html",
                    "{% if total > 100 %}<b>Danke, {{ name }}!</b>{% endif %} {{ total | numberformat('#,##0.00') }} EUR");
            Run saved = run(
                    "template",
                    "save",
                    "bill",
                    bill.toString(),
                    "--locale",
                    "de",
                    "--html",
                    "--engine",
                    "pebble",
                    "--json");
            assertThat(saved.json().path("engine").asString()).isEqualTo("pebble");
            assertThat(run("template", "list").out()).contains("pebble", "name total");
            Path variables = file("variables.json", "{\"name\": \"<Zoë>\", \"total\": 1234.5}");
            assertThat(run("template", "preview", "bill", "--locale", "de", "--vars", variables.toString())
                            .out())
                    .contains("<b>Danke, &lt;Zoë&gt;!</b> 1.234,50 EUR");
            Run wrong = run(
                    "template",
                    "save",
                    "bad",
                    file("bad.txt", "a\n{% include 'b' %}").toString(),
                    "--engine",
                    "pebble");
            assertThat(wrong.exitCode()).isEqualTo(ExitCode.REFUSED);
            assertThat(wrong.err()).contains("body: the tag 'include' may not be used here (line 2)");
            assertThat(run("template", "save", "bad", bill.toString(), "--engine", "jsp")
                            .err())
                    .contains("engine must be mustache or pebble");
        }
    }

    @Test
    void whatCannotBeFilledInIsRefused() throws Exception {
        try (var mail = SmtpSimulator.start(SmtpSimulatorOptions.defaults());
                var _ = server(mail)) {
            run(
                    "template",
                    "save",
                    "welcome",
                    file("mail.txt", "Hello\n{{name}}").toString(),
                    "--channel",
                    "email");
            Run missing = run("send", "--to", "email:alice@example.com", "--template", "welcome");
            assertThat(missing.exitCode()).isEqualTo(ExitCode.REFUSED);
            assertThat(missing.err()).contains("variable 'name' is missing (line 2)");
            assertThat(run("send", "--to", "email:alice@example.com", "--template", "wellcome")
                            .err())
                    .contains("there is no template 'wellcome' for the channel email");
            assertThat(run(
                                    "send",
                                    "--to",
                                    "email:alice@example.com > client:alice",
                                    "--template",
                                    "welcome",
                                    "--var",
                                    "name=x")
                            .err())
                    .contains("there is no template 'welcome' for every channel");
            assertThat(run("send", "--to", "email:alice@example.com").exitCode())
                    .isEqualTo(ExitCode.USAGE);
            Run wrong =
                    run("template", "save", "x", file("wrong.txt", "a\n{{#b}}").toString());
            assertThat(wrong.exitCode()).isEqualTo(ExitCode.REFUSED);
            assertThat(wrong.err()).contains("body: ");
            assertThat(mail.stats().accepted()).isZero();
        }
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private Run run(String... arguments) {
        return Run.of(Stream.concat(Stream.of(arguments), Stream.of("--url", url, "--data", folder.toString()))
                .toArray(String[]::new));
    }

    private Server server(SmtpSimulator mail) {
        Server server = Server.start(
                SignalboxCommand.FEATURES,
                SignalboxCommand.FEATURES.load(
                        Optional.empty(),
                        Map.of(),
                        List.of(
                                "data.folder=" + folder,
                                "control.port=0",
                                "clients.port=0",
                                "delivery.email.host=127.0.0.1",
                                "delivery.email.port=" + mail.port(),
                                "delivery.email.encryption=none",
                                "delivery.email.from=box@example.org")));
        url = server.controlUri().toString();
        return server;
    }
}

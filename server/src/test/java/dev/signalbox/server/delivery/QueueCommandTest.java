package dev.signalbox.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.server.Run;
import dev.signalbox.server.command.ExitCode;
import java.io.IOException;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the commands about the queue ask, and how they tell the answers. */
class QueueCommandTest {
    private final StubServer server;

    QueueCommandTest() throws IOException {
        server = new StubServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void listGoesOnWhileAPageIsEmpty() {
        server.answers(200, "{\"items\":[],\"next\":\"c1\",\"searched\":10000}")
                .answers(200, "{\"items\":[],\"next\":\"c2\",\"searched\":10000}")
                .answers(200, "{\"items\":[{\"id\":\"x1\",\"state\":\"DEAD\"}]}");
        Run run = server.run("queue", "list", "--state", "dead", "--text", "late train", "--id", "019a");
        assertThat(run.out()).contains("x1").doesNotContain("More:");
        assertThat(server.asked())
                .containsExactly(
                        "GET /api/messages?state=DEAD&text=late%20train&id=019a&limit=20",
                        "GET /api/messages?state=DEAD&text=late%20train&id=019a&limit=20&cursor=c1",
                        "GET /api/messages?state=DEAD&text=late%20train&id=019a&limit=20&cursor=c2");
    }

    @Test
    void nothingOfAMessageReachesTheTerminalRaw() {
        String message = "{\"id\":\"x\",\"state\":\"SENT\",\"acceptedAt\":\""
                + Instant.now().minusSeconds(200)
                + "\",\"body\":\"a\\u001b[2J\\u202eb\\nstate          DEAD\",\"reach\":[{\"to\":\"sms:\\u009b1\"}],"
                + "\"attempts\":[{\"error\":\"\\u001b]0;x\\u0007\"}]}";
        server.answers(200, message)
                .answers(200, "{\"items\":[" + message + "]}")
                .answers(200, message);
        Run show = server.run("queue", "show", "x");
        Run list = server.run("queue", "list");
        Run json = server.run("queue", "show", "x", "--json");
        assertThat(show.out() + list.out() + json.out()).doesNotContainPattern("[\\u001b\\u0007\\u009b\\u202e]");
        assertThat(show.out()).contains("\\u001b[2J\\u202eb").contains("\n               state          DEAD");
        assertThat(list.out()).contains("3 min ago");
        assertThat(json.json().path("body").asString()).startsWith("a\u001b[2J\u202eb");
    }

    @Test
    void changesWhatAFilterFindsOnceConfirmed() {
        server.answers(200, "{\"matched\":12,\"changed\":12,\"more\":true}");
        Run run = server.run(
                "queue",
                "retry",
                "--state",
                "dead",
                "--reason",
                "timeout",
                "--channel",
                "sms",
                "--note",
                "up",
                "--yes");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("12 changed of 12", "run the same again");
        assertThat(server.asked())
                .containsExactly(
                        "POST /api/messages/actions {\"note\":\"up\",\"action\":\"retry\",\"limit\":1000,"
                                + "\"dryRun\":false,\"filter\":{\"state\":\"DEAD\",\"channel\":\"sms\",\"reason\":\"timeout\"}}");
    }

    @Test
    void onlyCountsWithoutAConfirmationAndInADryRun() {
        server.answers(200, "{\"matched\":12,\"changed\":0,\"more\":false}")
                .answers(200, "{\"matched\":12,\"changed\":0,\"more\":false}");
        Run unconfirmed = server.run("queue", "cancel", "--state", "pending");
        assertThat(unconfirmed.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(unconfirmed.err()).contains("cancel 12 messages?", "--yes").hasLineCount(2);
        Run dry = server.run("queue", "cancel", "--state", "pending", "--dry-run");
        assertThat(dry.out()).contains("12 match; nothing was changed");
        assertThat(server.asked()).hasSize(2).allMatch(asked -> asked.contains("\"dryRun\":true"));
    }

    @Test
    void resolvesOneWithItsOutcome() {
        server.answers(200, "{\"id\":\"x\",\"state\":\"SENT\"}");
        Run run = server.run("queue", "resolve", "x", "--arrived", "--note", "asked them");
        assertThat(run.out()).isEqualTo("x SENT\n");
        assertThat(server.asked())
                .containsExactly("POST /api/messages/x/resolve {\"note\":\"asked them\",\"outcome\":\"arrived\"}");
    }

    @Test
    void resolvesAllThatAreUnknown() {
        server.answers(200, "{\"matched\":2,\"changed\":2,\"more\":false}");
        Run run = server.run("queue", "resolve", "--not-arrived", "--yes");
        assertThat(run.out()).contains("2 changed");
        assertThat(server.asked().getFirst()).contains("\"outcome\":\"not-arrived\"", "\"filter\":{}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "retry",
                "retry x --state dead",
                "retry --reason timeout --yes",
                "retry --state dead --limit 0",
                "retry x --dry-run",
                "resolve x",
                "resolve x --arrived --retry",
                "watch --interval 0",
                "list --text="
            })
    void saysWhatIsMissingOrTooMuch(String arguments) {
        Run run = server.run(("queue " + arguments).split(" "));
        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err().lines()).hasSizeLessThanOrEqualTo(2);
        assertThat(server.asked()).isEmpty();
    }

    @Test
    void watchesALineForEachLookAndOutlastsAServerThatIsAway() {
        server.answers(200, "{\"dispatch\":\"RUNNING\"}").answers(503, "").answers(200, "{\"dispatch\":\"STOPPED\"}");
        Run run = server.run("queue", "watch", "--json", "--interval", "100ms", "--count", "3");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).isEqualTo("{\"dispatch\":\"RUNNING\"}\n{\"dispatch\":\"STOPPED\"}\n");
        assertThat(run.err()).contains("503").hasLineCount(1);
    }

    @Test
    void statusTellsWhatIsOldestSlowAndFailing() {
        server.answers(
                200,
                "{\"dispatch\":\"RUNNING\",\"oldestPending\":\"" + Instant.now().minusSeconds(7300)
                        + "\",\"oldestDue\":null,\"counts\":{\"byState\":{\"PENDING\":3}},\"latency\":{\"sms\":"
                        + "{\"p50Millis\":20,\"p99Millis\":900,\"count\":77}},"
                        + "\"errors\":[{\"reason\":\"no route\",\"count\":9,\"channel\":\"sms\"}]}");
        assertThat(server.run("queue", "status").out())
                .contains("2 h ago")
                .containsPattern("sms +20 +900 +77")
                .containsPattern("9 +sms +no route");
    }

    @Test
    void recurringMessagesAreAddedListedAndRemoved() {
        server.answers(201, "{\"name\":\"standup\",\"nextAt\":\"2026-03-02T08:30:00Z\"}")
                .answers(200, "{\"items\":[{\"name\":\"standup\",\"cron\":\"@daily\",\"problem\":\"gone\"}]}")
                .answers(200, "{}");
        assertThat(server.run("recurring", "add", "standup", "@daily", "Stand-up", "--to", "sms:+61491570006")
                        .out())
                .contains("standup comes next at 2026-03-02T08:30:00Z");
        assertThat(server.run("recurring", "list").out()).contains("standup", "@daily", "gone");
        assertThat(server.run("recurring", "remove", "standup", "--yes").out()).contains("Removed standup");
        assertThat(server.asked())
                .containsExactly(
                        "POST /api/recurring {\"name\":\"standup\",\"cron\":\"@daily\",\"message\":{\"to\":\"sms:+61491570006\",\"body\":\"Stand-up\"}}",
                        "GET /api/recurring",
                        "DELETE /api/recurring/standup");
        assertThat(server.run("recurring", "add", "standup", "@daily").exitCode())
                .isEqualTo(ExitCode.USAGE);
    }

    @Test
    void reschedulesEachAndGoesOnAfterARefusal() {
        server.answers(409, "{\"detail\":\"the message is SENT\"}")
                .answers(200, "{\"id\":\"x2\",\"state\":\"PENDING\"}");
        Run run = server.run("queue", "reschedule", "x1", "x2", "--in", "30m", "--priority", "0");
        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.out()).contains("x2 PENDING");
        assertThat(run.err()).contains("x1: ");
        assertThat(server.asked())
                .containsExactly(
                        "POST /api/messages/x1/reschedule {\"in\":\"30m\",\"priority\":0}",
                        "POST /api/messages/x2/reschedule {\"in\":\"30m\",\"priority\":0}");
        assertThat(server.run("queue", "reschedule", "x1").exitCode()).isEqualTo(ExitCode.USAGE);
    }
}

package dev.signalbox.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.server.Run;
import dev.signalbox.server.command.ExitCode;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the commands about channels ask, and how they tell the answers. */
class QueueLanesTest {
    private final StubServer server;

    QueueLanesTest() throws IOException {
        server = new StubServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void lanesTellDepthsAndPauses() {
        server.answers(
                200,
                "{\"items\":[{\"channel\":\"sms\",\"due\":10000,\"later\":3,\"exact\":false,\"underWay\":7,\"served\":true,"
                        + "\"pause\":{\"since\":\"2026-03-01T12:00:00Z\",\"actor\":\"alice\",\"note\":\"a\\u001bb\"}},"
                        + "{\"channel\":\"fax\",\"due\":1,\"later\":0,\"exact\":true,\"underWay\":0,\"served\":false}],"
                        + "\"pauses\":[]}");
        Run run = server.run("queue", "lanes");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out().lines().map(line -> line.strip().replaceAll(" +", " ")))
                .contains("sms 10000+ 3+ 7 yes alice a\\u001bb", "fax 1 0 0 no");
        assertThat(server.asked()).containsExactly("GET /api/lanes");
    }

    @Test
    void pauseNamesAChannelOrAll() {
        server.answers(200, "{\"channel\":\"sms\",\"since\":\"2026-03-01T12:00:00Z\",\"actor\":\"alice\"}")
                .answers(200, "{\"since\":\"2026-03-01T12:00:00Z\"}");
        assertThat(server.run("queue", "pause", "sms", "--note", "why").out())
                .startsWith("channel sms paused since ")
                .contains("by alice");
        assertThat(server.run("queue", "pause", "--all").out()).startsWith("all channels paused since ");
        assertThat(server.asked())
                .containsExactly(
                        "POST /api/lanes/pause {\"channel\":\"sms\",\"note\":\"why\"}", "POST /api/lanes/pause {}");
    }

    @Test
    void resumeSaysWhetherThereWasAPause() {
        server.answers(200, "{\"resumed\":true}").answers(200, "{\"resumed\":false}");
        assertThat(server.run("queue", "resume", "--all").out()).startsWith("all channels resumed");
        assertThat(server.run("queue", "resume", "sms").out()).startsWith("there was no pause of channel sms");
    }

    @Test
    void neitherPausesByAccident() {
        for (String command : new String[] {"pause", "resume"}) {
            assertThat(server.run("queue", command).exitCode()).isEqualTo(ExitCode.USAGE);
            Run both = server.run("queue", command, "sms", "--all");
            assertThat(both.exitCode()).isEqualTo(ExitCode.USAGE);
            assertThat(both.err()).contains("name one channel, such as sms, or give --all");
        }
        assertThat(server.asked()).isEmpty();
    }
}

package dev.signalbox.server.sessions;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import org.junit.jupiter.api.Test;

class EventLinesTest {

    @Test
    void namesTheFirstLineThatIsNotJsonBeforeAnythingIsSent() {
        assertThatThrownBy(() -> read("{}\n\n{\"a\":\n{}\n", 1))
                .hasMessageContaining("line 3 is not JSON")
                .hasMessageContaining("nothing was appended");
    }

    @Test
    void goesOnFromALine() {
        assertThat(read("1\nbroken\n\n3", 3)).isEqualTo("\n3\n");
    }

    @Test
    void doesNotTakeNothingForSuccess() {
        assertThatThrownBy(() -> read("\n \r\n", 1)).hasMessageContaining("no event");
        assertThatThrownBy(() -> read("1\n", 2)).hasMessageContaining("no event");
    }

    private static String read(String text, long from) {
        return new String(
                EventLines.read(new ByteArrayInputStream(text.getBytes(UTF_8)), from)
                        .bytes(),
                UTF_8);
    }
}

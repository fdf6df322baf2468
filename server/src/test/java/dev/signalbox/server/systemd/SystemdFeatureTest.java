package dev.signalbox.server.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.server.node.Features;
import dev.signalbox.server.node.Server;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What arrives at a socket like systemd's, which a few lines of Python are here. */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class SystemdFeatureTest {
    private static final String RECEIVER = """
            import socket, sys
            address = sys.argv[1]
            receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            receiver.bind("\\0" + address[1:] if address.startswith("@") else address)
            print("bound", flush=True)
            while True:
                print(receiver.recv(4096).decode(), flush=True)
            """;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"path", "abstract"})
    void isToldThatTheServerIsReadyAndStops(String kind) throws Exception {
        String address = kind.equals("path")
                ? folder.resolve("notify").toString()
                : "@signalbox-test-" + ProcessHandle.current().pid();
        Process receiver = receiver(address);
        try (BufferedReader received = receiver.inputReader()) {
            assertThat(received.readLine()).isEqualTo("bound");

            start(Map.of("NOTIFY_SOCKET", address)).close();

            assertThat(received.readLine()).isEqualTo("READY=1");
            assertThat(received.readLine()).isEqualTo("STOPPING=1");
        } finally {
            receiver.destroyForcibly();
        }
    }

    @Test
    void isToldAgainAndAgainThatTheServerIsAlive() throws Exception {
        String address = folder.resolve("notify").toString();
        Process receiver = receiver(address);
        try (BufferedReader received = receiver.inputReader()) {
            assertThat(received.readLine()).isEqualTo("bound");
            try (var _ = start(Map.of("NOTIFY_SOCKET", address, "WATCHDOG_USEC", "20000"))) {
                assertThat(received.readLine()).isEqualTo("READY=1");
                for (int i = 0; i < 3; i++) {
                    assertThat(received.readLine()).isEqualTo("WATCHDOG=1");
                }
            }
        } finally {
            receiver.destroyForcibly();
        }
    }

    /** The variables of another process, as of a parent that is a service itself. */
    @Test
    void theWatchdogOfAnotherProcessIsNotFed() throws Exception {
        String address = folder.resolve("notify").toString();
        Process receiver = receiver(address);
        try (BufferedReader received = receiver.inputReader()) {
            assertThat(received.readLine()).isEqualTo("bound");

            start(Map.of("NOTIFY_SOCKET", address, "WATCHDOG_USEC", "1000", "WATCHDOG_PID", "1"))
                    .close();

            assertThat(received.readLine()).isEqualTo("READY=1");
            assertThat(received.readLine()).isEqualTo("STOPPING=1");
        } finally {
            receiver.destroyForcibly();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "soon", "", "18446744073709551615"})
    void aTimeThatIsNoneFeedsNoWatchdog(String micros) throws Exception {
        String address = folder.resolve("notify").toString();
        Process receiver = receiver(address);
        try (BufferedReader received = receiver.inputReader()) {
            assertThat(received.readLine()).isEqualTo("bound");

            start(Map.of("NOTIFY_SOCKET", address, "WATCHDOG_USEC", micros)).close();

            assertThat(received.readLine()).isEqualTo("READY=1");
            assertThat(received.readLine()).isEqualTo("STOPPING=1");
        } finally {
            receiver.destroyForcibly();
        }
    }

    @Test
    void aServerThatNobodyListensToStartsAllTheSame() {
        try (Server server =
                start(Map.of("NOTIFY_SOCKET", folder.resolve("none").toString()))) {
            assertThat(server.controlUri()).isNotNull();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "vsock:2:1234", "relative/path"})
    void anAddressOfAnotherKindIsNamed(String address) {
        assertThatThrownBy(() -> NotifySocket.send(address, "READY=1"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("neither a path nor an abstract name");
    }

    private Server start(Map<String, String> environment) {
        Features features = Features.of(new SystemdFeature(new HashMap<>(environment)));
        List<String> settings = new ArrayList<>(List.of("data.folder=" + folder.resolve("data"), "control.port=0"));
        return Server.start(features, features.load(Optional.empty(), Map.of(), settings));
    }

    private static Process receiver(String address) {
        try {
            return new ProcessBuilder("python3", "-c", RECEIVER, address).start();
        } catch (IOException e) {
            assertThat(System.getenv("CI"))
                    .as("with CI=true this test needs python3: %s", e)
                    .isNotEqualTo("true");
            Assumptions.abort("skipped: this test needs python3 on the PATH; " + e);
            throw new AssertionError(e);
        }
    }
}

package dev.signalbox.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RivalServerTest {
    private static final Path OPTIONS = Path.of("../build/launcher/package/lib");

    /** Memory is measured of what people run, not of a JVM that is set up for the measurement. */
    @Test
    void serversInJavaRunWithTheOptionsOfTheArchive() throws IOException {
        List<String> options = new ArrayList<>();
        for (String name : List.of("jvm", "server")) {
            Files.readAllLines(OPTIONS.resolve(name + ".options")).stream()
                    .filter(line -> line.startsWith("-X"))
                    .forEach(options::add);
        }

        assertThat(RivalServer.AS_THE_PRODUCT).isEqualTo(options);
    }
}

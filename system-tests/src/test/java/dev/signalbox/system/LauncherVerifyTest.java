package dev.signalbox.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What the launcher makes of {@code verify}. */
class LauncherVerifyTest extends LauncherFixture {
    @Test
    void verifyLeavesTheBuildThatIsInUseAsItWas() throws Exception {
        signalbox("version");
        Path jar = builds().getFirst().resolve("lib/signalbox-server-0.1.jar");
        byte[] before = Files.readAllBytes(jar);
        jar("fresh.jar", "SignalboxCommand");

        signalbox("verify");

        assertThat(Files.readAllBytes(jar)).isEqualTo(before);
    }

    @Test
    void verifyIsMavensVerifyOnTheJdkThatWasFound() throws Exception {
        Result result = signalbox("verify", "-pl", "router");

        assertThat(result.exit()).isZero();
        assertThat(mavenCalls()).singleElement().asString().endsWith("verify -pl router");
    }

    @Test
    void verifyHandsItsLengthAndSeedToTheTests() throws Exception {
        signalbox("verify", "--long", "--seed", "42", "-o");
        signalbox("verify", "--seed=43");

        assertThat(mavenCalls().getFirst()).endsWith("verify -Dsignalbox.long=true -Dsignalbox.seed=42 -o");
        assertThat(mavenCalls().getLast()).endsWith("verify -Dsignalbox.seed=43");
    }

    @Test
    void verifyEndsWithTheSlowestTestsOfThisRunAndMavensExitCode() throws Exception {
        Path old = root.resolve("router/target/surefire-reports/TEST-Old.xml");
        Files.writeString(old, "<testcase name=\"gone\" classname=\"a.Old\" time=\"99\"/>");
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minusSeconds(60)));
        Files.createDirectory(root.resolve("reports"));
        StringBuilder report = new StringBuilder("<testsuite>\n");
        for (int i = 1; i <= 30; i++) {
            report.append("  <testcase name=\"takes&lt;%d&gt;\" classname=\"dev.ATest\" time=\"1,0%02d.5\"/>\n"
                    .formatted(i, i));
        }
        Files.writeString(root.resolve("reports/TEST-dev.ATest.xml"), report);

        Result passed = signalbox("verify");
        Files.createFile(root.resolve("broken"));
        Result failed = signalbox("verify");

        assertThat(passed.out().lines().filter(line -> line.contains("ATest.")))
                .hasSize(20)
                .first()
                .asString()
                .isEqualTo("  1030.5 s  ATest.takes<30>");
        assertThat(passed.out()).doesNotContain("Old.gone").containsPattern("verify passed after 0 min \\d+ s\n$");
        assertThat(failed.out()).containsPattern("verify failed after");
        assertThat(failed.exit()).isEqualTo(1);
    }
}

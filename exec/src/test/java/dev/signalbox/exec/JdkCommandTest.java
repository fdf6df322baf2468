package dev.signalbox.exec;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The weaker way. Signals look like exit codes; trees are ended as far as the system still shows them. */
class JdkCommandTest extends CommandContract {

    @Override
    Backend backend() {
        return new JdkBackend("a test");
    }

    @Override
    Exit signalled(int number) {
        return new Exit.Code(128 + number);
    }

    @Test
    void itSaysThatItIsWeaker() {
        assertThat(backend().support()).isEqualTo(new ExecSupport(false, "ProcessBuilder, because a test"));
    }
}

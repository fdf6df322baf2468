package dev.signalbox.ha.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The truth table. This node is called "m"; "a" comes before it and "z" after it. */
class PeerRulesTest {
    @ParameterizedTest(name = "own {0}, peer {1} {2} {3} -> {4}")
    @CsvSource({
        "WAITING, a, ok, SERVING, WAITING",
        "WAITING, z, ok, SERVING, WAITING",
        "SERVING, a, ok, WAITING, SERVING",
        "SERVING, z, ok, WAITING, SERVING",
        "WAITING, a, ok, WAITING, WAITING",
        "WAITING, z, ok, WAITING, SERVING",
        "SERVING, a, ok, SERVING, WAITING",
        "SERVING, z, ok, SERVING, SERVING",
        "WAITING, '', ok, SERVING, WAITING",
        "SERVING, '', ok, SERVING, WAITING",
        "WAITING, '', ok, WAITING, SERVING",
        "SERVING, '', ok, WAITING, SERVING",
        "WAITING, a, error, WAITING, SERVING",
        "WAITING, a, error, SERVING, SERVING",
        "SERVING, a, error, WAITING, SERVING",
        "SERVING, a, error, SERVING, SERVING",
    })
    void ofAPeerThatAnswers(Mode own, String peer, String status, Mode peerMode, Mode wanted) {
        PeerStatus told = new PeerStatus(
                status.equals("ok"), peerMode, Instant.EPOCH, Optional.of(peer).filter(name -> !name.isEmpty()));

        assertThat(PeerRules.wanted("m", own, new Sighting.Told(told))).isEqualTo(wanted);
    }

    @ParameterizedTest(name = "own {0}, witness {1} -> {2}")
    @CsvSource({
        "WAITING, none, SERVING",
        "SERVING, none, SERVING",
        "WAITING, seen, SERVING",
        "SERVING, seen, SERVING",
        "WAITING, unseen, WAITING",
        "SERVING, unseen, WAITING",
    })
    void ofAPeerThatIsSilent(Mode own, String witness, Mode wanted) {
        Optional<Boolean> witnessed = witness.equals("none") ? Optional.empty() : Optional.of(witness.equals("seen"));

        assertThat(PeerRules.wanted("m", own, new Sighting.Silent("gone", witnessed)))
                .isEqualTo(wanted);
    }
}

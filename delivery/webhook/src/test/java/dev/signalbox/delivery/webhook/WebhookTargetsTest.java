package dev.signalbox.delivery.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookTargetsTest {
    private static final Map<String, List<String>> NAMES = Map.of(
            "public.example", List.of("8.8.8.8", "2001:4860:4860::8888"),
            "private.example", List.of("10.1.2.3"),
            "half.example", List.of("8.8.8.8", "169.254.169.254"),
            "empty.example", List.of());

    private final WebhookTargets strict = new WebhookTargets(List.of(), false, WebhookTargetsTest::resolve);
    private final WebhookTargets lenient =
            new WebhookTargets(List.of(AddressRange.parse("10.1.0.0/16")), true, WebhookTargetsTest::resolve);

    private static InetAddress[] resolve(String host) throws UnknownHostException {
        List<String> found = NAMES.get(host);
        if (found != null) {
            return found.stream().map(InetAddress::ofLiteral).toArray(InetAddress[]::new);
        }
        if (host.equals("mapped.example")) {
            return new InetAddress[] {SpecialRangesTest.mapped(10, 1, 2, 3)};
        }
        return InetAddress.getAllByName(Stream.of(host)
                .filter(each -> each.matches("[0-9.]+|.*:.*"))
                .findFirst()
                .orElseThrow(() -> new UnknownHostException(host)));
    }

    @Test
    void aPublicUrlIsTaken() {
        URI url = strict.check("https://public.example:8443/hook?tenant=7");
        assertThat(url).hasToString("https://public.example:8443/hook?tenant=7");
    }

    @ParameterizedTest
    @CsvSource({
        "https://private.example/, 'leads to 10.1.2.3 (10.0.0.0/8, private), which webhooks may not reach'",
        "https://half.example/, leads to 169.254.169.254",
        "https://127.0.0.1/, leads to 127.0.0.1",
        "https://[::1]:9000/, leads to 0:0:0:0:0:0:0:1",
        "https://[::ffff:127.0.0.1]/, leads to 127.0.0.1",
        "https://[fd00:ec2::254]/, leads to fd00:ec2:0:0:0:0:0:254",
        "https://mapped.example/, leads to 10.1.2.3",
        "https://nowhere.example/, not known to DNS",
        "https://empty.example/, has no address"
    })
    void aUrlThatLeadsElsewhereIsRefused(String url, String why) {
        assertThatThrownBy(() -> strict.check(url))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("the URL ")
                .hasMessageContaining(why);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "hook",
                "//public.example/",
                "http://public.example/",
                "ftp://public.example/",
                "https:public.example",
                "https:///hook",
                "https://user:secret@public.example/",
                "https://public.example/#top",
                "https://public.example./",
                "https://public.example:0/",
                "https://public.example:65536/",
                "https://under_score.example/",
                "https://127.1/",
                "https://2130706433/",
                "https://0x7f000001/",
                "https://tést.example/",
                "https://public.example/a b",
                "https://public.example/\r\nX-Injected: 1",
                "https://public.example/\u0000"
            })
    void aMalformedUrlIsRefused(String url) {
        assertThatThrownBy(() -> strict.parse(url))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("the URL ");
    }

    @Test
    void aVeryLongUrlIsRefused() {
        assertThatThrownBy(() -> strict.parse("https://public.example/" + "x".repeat(2_000)))
                .hasMessageContaining("longer than 2000");
    }

    @Test
    void whatTheOperatorAllowsIsTaken() {
        assertThat(lenient.check("http://private.example/")).hasToString("http://private.example/");
        assertThat(lenient.check("http://10.1.0.1/")).hasToString("http://10.1.0.1/");
        assertThat(lenient.check("http://mapped.example/")).hasToString("http://mapped.example/");
        assertThatThrownBy(() -> lenient.check("http://10.2.0.1/")).hasMessageContaining("10.0.0.0/8");
        assertThatThrownBy(() -> lenient.check("http://half.example/")).hasMessageContaining("169.254");
    }

    @Test
    void aMappedAddressIsConnectedToAsIpv4() throws TargetException {
        var addresses = lenient.addresses(URI.create("http://mapped.example/"), Duration.ofMinutes(1));
        assertThat(addresses).containsExactly(InetAddress.ofLiteral("10.1.2.3"));
    }

    @Test
    @Timeout(60)
    void aLookUpThatHangsIsNotWaitedForForever() {
        var never = new CountDownLatch(1);
        var hanging = new WebhookTargets(List.of(), false, host -> {
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            throw new UnknownHostException(host);
        });
        assertThatThrownBy(() -> hanging.addresses(URI.create("https://public.example/"), Duration.ofMillis(20)))
                .isInstanceOf(TargetException.class)
                .hasMessageContaining("took too long");
        never.countDown();
    }
}

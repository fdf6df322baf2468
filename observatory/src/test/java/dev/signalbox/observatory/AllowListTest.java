package dev.signalbox.observatory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AllowListTest {
    private final AllowList list =
            AllowList.of(List.of("https://logs.example.com", "http://sink.example.com:8080/team/"));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://logs.example.com",
                "https://logs.example.com/",
                "https://logs.example.com:443/any/path",
                "HTTPS://LOGS.Example.COM/x",
                "http://sink.example.com:8080/team",
                "http://sink.example.com:8080/team/",
                "http://sink.example.com:8080/team/a/b"
            })
    void whatIsListedIsAllowed(String url) {
        assertThat(list.allows(URI.create(url))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://logs.example.com",
                "https://logs.example.com:8443",
                "https://logs.example.com.evil.org",
                "https://evil.org/logs.example.com",
                "https://logs.example.com@evil.org",
                "https://user@logs.example.com",
                "https://user:pw@logs.example.com/",
                "https://evil.org#logs.example.com",
                "https://evil.org?https://logs.example.com",
                "https://logs.example.com?to=x",
                "https://logs.example.com#x",
                "https://logs.example.com./",
                "https://xlogs.example.com",
                "https://example.com",
                "ftp://logs.example.com",
                "https:logs.example.com",
                "//logs.example.com",
                "http://sink.example.com/team",
                "http://sink.example.com:8080",
                "http://sink.example.com:8080/",
                "http://sink.example.com:8080/teammate",
                "http://sink.example.com:8080/Team",
                "http://sink.example.com:8080/team/../admin",
                "http://sink.example.com:8080/team/./x",
                "http://sink.example.com:8080/team/..",
                "http://sink.example.com:8080/team/%2e%2e/admin",
                "http://sink.example.com:8080/team/%2E%2E/admin",
                "http://sink.example.com:8080/team%2fx",
                "http://sink.example.com:8080/team/..%5cadmin",
                "http://sink.example.com:8080/team/%252e%252e/admin",
                "http://sink.example.com:8080/team/..;/admin",
                "http://sink.example.com:8080//team",
                "http://169.254.169.254/latest/meta-data",
                "http://[fe80::1]/",
                "http://127.0.0.1/",
                "http://0x7f000001/"
            })
    void whatOnlyLooksLikeItIsNot(String url) {
        assertThat(list.allows(URI.create(url))).isFalse();
    }

    @Test
    void anEmptyListAllowsNothing() {
        assertThat(AllowList.empty().allows(URI.create("https://logs.example.com")))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"logs.example.com", "https://", "https://u@x", "https://x?y", "*", "https://x/a/../b", ""})
    void anEntryMustBeAnOriginWithAPlainPath(String entry) {
        assertThatThrownBy(() -> AllowList.of(List.of(entry)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + entry + "'");
    }
}

package dev.signalbox.delivery.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpecialRangesTest {
    /** The first and the last address of each range, and the well-known ones within. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "0.255.255.255",
                "10.0.0.0",
                "10.255.255.255",
                "100.64.0.0",
                "100.127.255.255",
                "127.0.0.1",
                "127.255.255.255",
                "169.254.0.0",
                "169.254.169.254",
                "169.254.255.255",
                "172.16.0.0",
                "172.31.255.255",
                "192.0.0.0",
                "192.0.0.255",
                "192.0.2.1",
                "192.31.196.1",
                "192.52.193.1",
                "192.88.99.1",
                "192.168.0.0",
                "192.168.255.255",
                "192.175.48.1",
                "198.18.0.0",
                "198.19.255.255",
                "198.51.100.7",
                "203.0.113.7",
                "224.0.0.1",
                "239.255.255.255",
                "240.0.0.0",
                "255.255.255.255",
                "::",
                "::1",
                "::7f00:1",
                "64:ff9b::7f00:1",
                "64:ff9b::a9fe:a9fe",
                "64:ff9b:1::1",
                "100::1",
                "2001::1",
                "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff",
                "2001:db8::1",
                "2002:7f00:1::",
                "2002:808:808::",
                "2620:4f:8000::1",
                "3fff::1",
                "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff",
                "4000::1",
                "5f00::1",
                "fc00::1",
                "fd00:ec2::254",
                "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
                "fe80::1",
                "fec0::1",
                "ff02::1",
                "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"
            })
    void isSpecial(String address) {
        assertThat(SpecialRanges.of(InetAddress.ofLiteral(address))).isPresent();
    }

    /** The neighbours of the ranges, and well-known public addresses. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.0.0.0",
                "1.1.1.1",
                "8.8.8.8",
                "9.255.255.255",
                "11.0.0.0",
                "100.63.255.255",
                "100.128.0.0",
                "126.255.255.255",
                "128.0.0.0",
                "169.253.255.255",
                "169.255.0.0",
                "172.15.255.255",
                "172.32.0.0",
                "191.255.255.255",
                "192.0.1.0",
                "192.0.3.0",
                "192.167.255.255",
                "192.169.0.0",
                "198.17.255.255",
                "198.20.0.0",
                "223.255.255.255",
                "64:ff9b::808:808",
                "2000::1",
                "2001:200::1",
                "2001:4860:4860::8888",
                "2606:4700:4700::1111",
                "2a00:1450::1",
                "3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
                "3fff:1000::1"
            })
    void isPublic(String address) {
        assertThat(SpecialRanges.of(InetAddress.ofLiteral(address))).isEmpty();
    }

    /** The JDK makes an IPv4 address of a mapped one, but not everywhere. */
    @Test
    void aMappedAddressIsJudgedAsItsOwn() throws UnknownHostException {
        assertThat(SpecialRanges.of(mapped(127, 0, 0, 1)))
                .hasValueSatisfying(why -> assertThat(why).contains("127.0.0.0/8"));
        assertThat(SpecialRanges.of(mapped(8, 8, 8, 8))).isEmpty();
    }

    static Inet6Address mapped(int... ipv4) throws UnknownHostException {
        byte[] bytes = new byte[16];
        bytes[10] = -1;
        bytes[11] = -1;
        for (int i = 0; i < ipv4.length; i++) {
            bytes[12 + i] = (byte) ipv4[i];
        }
        return Inet6Address.getByAddress("mapped.example", bytes, 0);
    }

    @Test
    void saysWhich() {
        assertThat(SpecialRanges.of(InetAddress.ofLiteral("169.254.169.254")))
                .hasValueSatisfying(why ->
                        assertThat(why).isEqualTo("169.254.0.0/16, link-local, where clouds have their metadata"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "10.0.0.0/33",
                "10.0.0.1/8",
                "10.0.0/8",
                "10/8",
                "localhost",
                "localhost/8",
                "fd00::/129",
                "fd00::1/8",
                "10.0.0.0/",
                "10.0.0.0/-1",
                "10.0.0.0/8/8",
                "2130706433",
                "fe80::1%eth0"
            })
    void whatIsNoRangeIsRefused(String text) {
        assertThatThrownBy(() -> AddressRange.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("write a range such as");
    }

    @Test
    void aRangeHoldsWhatBeginsLikeIt() {
        var range = AddressRange.parse("10.32.0.0/11");
        assertThat(range.contains(InetAddress.ofLiteral("10.63.255.255"))).isTrue();
        assertThat(range.contains(InetAddress.ofLiteral("10.64.0.0"))).isFalse();
        assertThat(range.contains(InetAddress.ofLiteral("::a20:0"))).isFalse();
        assertThat(AddressRange.parse("127.0.0.1").contains(InetAddress.ofLiteral("127.0.0.2")))
                .isFalse();
        assertThat(AddressRange.parse("::/0").contains(InetAddress.ofLiteral("fd00::1")))
                .isTrue();
        assertThat(range).hasToString("10.32.0.0/11");
    }
}

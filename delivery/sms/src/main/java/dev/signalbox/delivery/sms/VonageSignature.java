package dev.signalbox.delivery.sms;

/** How Vonage signs, as chosen in the account's settings. */
public enum VonageSignature {
    /** MD5 over the text and the secret; the account's setting until another is chosen. */
    MD5HASH(""),
    MD5("HmacMD5"),
    SHA1("HmacSHA1"),
    SHA256("HmacSHA256"),
    SHA512("HmacSHA512");

    private final String mac;

    VonageSignature(String mac) {
        this.mac = mac;
    }

    /** The name of the HMAC; empty for the plain digest. */
    String mac() {
        return mac;
    }
}

package dev.signalbox.delivery.sms;

import java.net.URI;
import java.time.InstantSource;
import java.util.List;

/**
 * A provider's contract for what it tells us: how it signs, and what it says. Does no input or output; thread-safe. Signatures
 * are compared in constant time. Where a provider signs a time, requests more than five minutes away from it are refused.
 */
public interface SmsCallbacks {

    /** Twilio's, which signs with the account's auth token (HMAC-SHA1 over the URL and the form). It signs no time. */
    static SmsCallbacks twilio(URI url, String token) {
        return new TwilioCallbacks(url, token);
    }

    /**
     * Vonage's SMS API.
     *
     * @param method as chosen in the account's settings
     * @param secret the signature secret
     */
    static SmsCallbacks vonage(VonageSignature method, String secret, InstantSource clock) {
        return new VonageCallbacks(method, secret, clock);
    }

    /** Sinch's, with the webhook's secret (HMAC-SHA256 over body, nonce and timestamp). */
    static SmsCallbacks sinch(String secret, InstantSource clock) {
        return new SinchCallbacks(secret, clock);
    }

    /** Bird's, with the webhook's signing key (HMAC-SHA256 over timestamp, URL and the body's digest). */
    static SmsCallbacks bird(URI url, String key, InstantSource clock) {
        return new BirdCallbacks(url, key, clock);
    }

    /**
     * What a request says; empty if it is of no interest here.
     *
     * @throws SmsCallbackException if it is not the provider's
     */
    List<SmsEvent> read(SmsCallback request);
}

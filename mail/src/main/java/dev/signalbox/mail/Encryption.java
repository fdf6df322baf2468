package dev.signalbox.mail;

/** Whether and how the way to the server is encrypted. Certificates and the host's name are checked in each case. */
public enum Encryption {
    /** Not at all: for a relay on this host, or in a network of one's own. */
    NONE,
    /** From the greeting on, by STARTTLS; nothing is sent if the server does not offer it. Usually port 587. */
    STARTTLS,
    /** By STARTTLS if the server offers it, else not. An attacker who controls the network can prevent it. */
    STARTTLS_IF_OFFERED,
    /** From the first byte. Usually port 465. */
    TLS
}

package dev.signalbox.spring;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The router of messages between clients and logic.
 *
 * @param enabled Whether there is a Router.
 */
@ConfigurationProperties("signalbox.router")
record RouterProperties(@DefaultValue("true") boolean enabled) {}

/** Sends deliveries to an HTTP SMS provider. */
@NullMarked
package dev.signalbox.delivery.sms;

import org.jspecify.annotations.NullMarked;

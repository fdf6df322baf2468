@NullMarked
package dev.signalbox.delivery.sms;

import org.jspecify.annotations.NullMarked;

package dev.touchstone.cli;

import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/** Loads the module of the Vector API before the first test, as the program does. */
public final class VectorModuleListener implements LauncherSessionListener {
    @Override
    public void launcherSessionOpened(LauncherSession session) {
        VectorModule.load();
    }
}

package dev.fanfare.load.client;

/// Where a session is between its first connect and its end. Owned by its loop's thread.
final class Standing {
    private enum Life {
        /// To be opened.
        WAITING,
        AWAY,
        CONNECTING,
        /// A response's head is to come.
        HEAD,
        /// A response's body is to come.
        BODY,
        ENDED
    }

    private Life life = Life.WAITING;
    private boolean ready;
    private boolean back = true; // since it has left

    /// Whether it may be open later, or be back.
    boolean pending() {
        return life != Life.ENDED && !(ready && back);
    }

    boolean away() {
        return life == Life.AWAY;
    }

    /// Whether it has left and is not open again.
    boolean missed() {
        return ready && !back && life != Life.ENDED;
    }

    /// Whether it was open once.
    boolean ready() {
        return ready;
    }

    boolean connecting() {
        return life == Life.CONNECTING;
    }

    boolean awaitsHead() {
        return life == Life.HEAD;
    }

    boolean awaitsBody() {
        return life == Life.BODY;
    }

    boolean ended() {
        return life == Life.ENDED;
    }

    /// It is to be opened again.
    void comeBack() {
        life = Life.WAITING;
    }

    void connect() {
        life = Life.CONNECTING;
    }

    void expectHead() {
        life = Life.HEAD;
    }

    void expectBody() {
        life = Life.BODY;
    }

    void end() {
        life = Life.ENDED;
    }

    /// From now on nothing may be missed. True: for the first time.
    boolean becomeReady() {
        boolean first = !ready;
        ready = true;
        back = true;
        return first;
    }

    /// Leaves, if it is open. False: it is not.
    boolean leave() {
        if (life == Life.ENDED || pending()) {
            return false;
        }
        breakOff();
        return true;
    }

    /// Is away, open or not.
    void breakOff() {
        life = Life.AWAY;
        back = false;
    }
}

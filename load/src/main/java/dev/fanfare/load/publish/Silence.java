package dev.fanfare.load.publish;

/// Sends nothing: somebody else does.
public final class Silence implements Source {
    private final Acknowledgements acknowledgements;

    public Silence(int channels) {
        acknowledgements = new Acknowledgements(channels);
    }

    @Override
    public void run(Schedule schedule) throws InterruptedException {
        Pacer.await(schedule.endMicros());
    }

    @Override
    public Acknowledgements acknowledgements() {
        return acknowledgements;
    }

    @Override
    public void close() {}
}

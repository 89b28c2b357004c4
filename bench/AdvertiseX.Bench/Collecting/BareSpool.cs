using Microsoft.Win32.SafeHandles;

namespace AdvertiseX.Bench.Collecting;

/// <summary>Appends bodies to a file and flushes it, all that wait at once, and does nothing else.</summary>
internal sealed class BareSpool : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _came = new(0);
    private readonly Thread _thread;
    private List<(byte[] Body, TaskCompletionSource Kept)> _waiting = [];
    private volatile bool _isClosed;

    public BareSpool(string folder)
    {
        _file = File.OpenHandle(Path.Combine(folder, "bare"), FileMode.Create, FileAccess.Write);
        _thread = new Thread(Write) { IsBackground = true };
        _thread.Start();
    }

    public Task KeepAsync(byte[] body)
    {
        var kept = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
            _waiting.Add((body, kept));
        _came.Release();
        return kept.Task;
    }

    public void Dispose()
    {
        _isClosed = true;
        _came.Release();
        _thread.Join();
        _file.Dispose();
        _came.Dispose();
    }

    private void Write()
    {
        var at = 0L;
        while (!_isClosed)
        {
            _came.Wait();
            List<(byte[] Body, TaskCompletionSource Kept)> batch;
            lock (_lock)
                (batch, _waiting) = (_waiting, []);
            if (batch.Count == 0)
                continue;
            RandomAccess.Write(_file, [.. batch.Select(each => new ReadOnlyMemory<byte>(each.Body))], at);
            at += batch.Sum(each => each.Body.Length);
            RandomAccess.FlushToDisk(_file);
            foreach (var (_, kept) in batch)
                kept.SetResult();
        }
    }
}

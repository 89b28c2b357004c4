using System.Collections.Frozen;
using System.Security.Cryptography;

namespace AdvertiseX.Server.Access;

/// <summary>
/// The keys that count in a server, read anew at intervals: a new key, and one that is revoked, show within one. While
/// the store fails, those that were known last count. Thread-safe.
/// </summary>
internal sealed class KeyRing : IAsyncDisposable
{
    // Takes the time of a comparison where no key has the id.
    private static readonly byte[] NoHash = new byte[SHA256.HashSizeInBytes];

    private readonly KeyStore _store;
    private readonly AccessOptions _options;
    private readonly TimeProvider _clock;
    private readonly Action<string?> _tell;
    private readonly CancellationTokenSource _stop = new();
    private Dictionary<string, CollectorKey> _known = [];
    private volatile State _state = new(FrozenDictionary<string, ServedKey>.Empty, false);
    private Task _reading = Task.CompletedTask;

    private KeyRing(KeyStore store, AccessOptions options, TimeProvider clock, Action<string?> tell) =>
        (_store, _options, _clock, _tell) = (store, options, clock, tell);

    /// <summary>Whether the lake has, or had, a key: then every request needs one. That all are revoked does not open
    /// it again.</summary>
    public bool IsClosed => _state.IsClosed;

    /// <summary>Whether a key counts.</summary>
    public bool HasAny => _state.Keys.Count > 0;

    /// <summary>Reads the keys, and begins to read them at intervals.</summary>
    /// <param name="store">The keys.</param>
    /// <param name="options">The interval, and the limit of keys that have none.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="tell">Takes why the keys cannot be read, once; and null when they can again. From any
    /// thread.</param>
    /// <param name="cancellation">Ends the first reading.</param>
    /// <exception cref="IOException">The store failed.</exception>
    public static async Task<KeyRing> OpenAsync(
        KeyStore store,
        AccessOptions options,
        TimeProvider clock,
        Action<string?> tell,
        CancellationToken cancellation
    )
    {
        var ring = new KeyRing(store, options, clock, tell);
        await ring.ReadAsync(cancellation);
        ring._reading = ring.ReadOnAsync();
        return ring;
    }

    /// <summary>The key that a sender sent.</summary>
    /// <param name="text">adx_ID_SECRET.</param>
    /// <returns>Null if none that counts is so. How long that takes says nothing about a secret.</returns>
    public ServedKey? Find(string text)
    {
        if (KeyText.Read(text) is not var (id, hash))
            return null;
        var key = _state.Keys.GetValueOrDefault(id);
        return CryptographicOperations.FixedTimeEquals(hash, key?.Key.SecretHash ?? NoHash) ? key : null;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading;
        _stop.Dispose();
    }

    private async Task ReadOnAsync()
    {
        var failed = false;
        while (!_stop.IsCancellationRequested)
        {
            await Task.Delay(_options.Interval, _clock, _stop.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                await ReadAsync(_stop.Token);
                if (failed)
                    _tell(null);
                failed = false;
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                if (!failed)
                    _tell(error.Message);
                failed = true;
            }
        }
    }

    private async Task ReadAsync(CancellationToken cancellation)
    {
        var kept = await _store.ListAsync(_known, cancellation);
        var before = _state;
        _known = kept.ToDictionary(each => each.Key.Id, each => each.Key);
        var keys = kept.Where(each => !each.IsRevoked)
            .Select(each => before.Keys.GetValueOrDefault(each.Key.Id) ?? new ServedKey(each.Key, RateOf(each.Key)))
            .ToFrozenDictionary(each => each.Key.Id);
        _state = new State(keys, before.IsClosed || kept.Count > 0);
    }

    private RequestRate? RateOf(CollectorKey key) =>
        (key.RequestsPerSecond ?? _options.RequestsPerSecond) is > 0 and var rate
            ? new RequestRate(rate, _clock)
            : null;

    private sealed record State(FrozenDictionary<string, ServedKey> Keys, bool IsClosed);
}

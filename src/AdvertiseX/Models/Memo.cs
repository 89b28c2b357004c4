using System.Collections.Concurrent;

namespace AdvertiseX.Models;

/// <summary>What is made once for all who ask; a failure is not kept, and whoever asks again makes it again.
/// Thread-safe.</summary>
internal sealed class Memo<TKey, TValue>
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, Lazy<Task<TValue>>> _made = new();

    /// <exception cref="Exception">What <paramref name="make"/> throws, for all who wait for it.</exception>
    public async Task<TValue> GetAsync(TKey key, Func<Task<TValue>> make)
    {
        var lazy = _made.GetOrAdd(key, _ => new Lazy<Task<TValue>>(make));
        try
        {
            return await lazy.Value;
        }
        catch
        {
            // It may have run out of memory beside others.
            _made.TryRemove(new(key, lazy));
            throw;
        }
    }

    public void Set(TKey key, TValue value) => _made[key] = new Lazy<Task<TValue>>(Task.FromResult(value));
}

using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using AdvertiseX.Events;
using AdvertiseX.Lake.Storage;
using AdvertiseX.Server.Collecting;

namespace AdvertiseX.Server.Access;

/// <summary>
/// The keys of a lake's collectors, an object each, and an object beside it when it is revoked: both are put once and
/// never changed, so that several processes may make and revoke keys at one time
/// (<c>docs/decisions/072-collector-keys.md</c>). Thread-safe.
/// </summary>
/// <param name="store">The lake's store.</param>
/// <param name="clock">Gives keys their time.</param>
internal sealed class KeyStore(IObjectStore store, TimeProvider clock)
{
    private const string Folder = "_keys/";
    private const string Revoked = ".revoked";
    private const string Ending = ".json";

    /// <summary>Makes a key.</summary>
    /// <param name="name">What its owner calls the sender.</param>
    /// <param name="feeds">Feeds to which it may send; empty for all.</param>
    /// <param name="requestsPerSecond">Its own limit; null for that of the configuration.</param>
    /// <param name="cancellation">Ends the call; a key may be there all the same, of which nobody has the
    /// secret.</param>
    /// <returns>The key, and its text, which is nowhere else.</returns>
    /// <exception cref="IOException">The store failed.</exception>
    public async Task<(CollectorKey Key, string Text)> CreateAsync(
        string name,
        IReadOnlyList<Feed> feeds,
        double? requestsPerSecond,
        CancellationToken cancellation
    )
    {
        while (true)
        {
            var (id, hash, text) = KeyText.Make();
            var key = new CollectorKey(id, name, feeds, requestsPerSecond, hash, clock.GetUtcNow());
            if (await store.PutIfAbsentAsync(Folder + id + Ending, ToJson(key), cancellation))
                return (key, text);
        }
    }

    /// <summary>Revokes a key; one that is revoked stays so.</summary>
    /// <returns>The key; null if there is none of this id.</returns>
    /// <exception cref="IOException">The store failed.</exception>
    public async Task<CollectorKey?> RevokeAsync(string id, CancellationToken cancellation)
    {
        var at = Folder + id + Ending;
        if (!KeyText.IsId(id) || await store.ReadAsync(at, cancellation) is not { } json)
            return null;
        var time = new JsonObject { ["revoked"] = clock.GetUtcNow().ToString("O") };
        await store.PutIfAbsentAsync(
            Folder + id + Revoked + Ending,
            JsonSerializer.SerializeToUtf8Bytes(time),
            cancellation
        );
        return Read(json, at);
    }

    /// <summary>All keys, those among them that are revoked.</summary>
    /// <param name="known">Keys that were read before, by id: they are not read again.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="IOException">The store failed, or an object is damaged.</exception>
    public async Task<IReadOnlyList<KeptKey>> ListAsync(
        IReadOnlyDictionary<string, CollectorKey> known,
        CancellationToken cancellation
    )
    {
        var ids = new List<string>();
        var revoked = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var item in store.ListAsync(Folder, null, cancellation))
        {
            var name = item.Key[Folder.Length..];
            if (!name.EndsWith(Ending, StringComparison.Ordinal))
                continue;
            name = name[..^Ending.Length];
            if (KeyText.IsId(name))
                ids.Add(name);
            else if (name.EndsWith(Revoked, StringComparison.Ordinal))
                revoked.Add(name[..^Revoked.Length]);
        }

        var keys = new List<KeptKey>(ids.Count);
        foreach (var id in ids)
            if ((known.GetValueOrDefault(id) ?? await ReadAsync(id, cancellation)) is { } key)
                keys.Add(new(key, revoked.Contains(id)));
        return keys;
    }

    private async Task<CollectorKey?> ReadAsync(string id, CancellationToken cancellation)
    {
        var at = Folder + id + Ending;
        return await store.ReadAsync(at, cancellation) is { } json ? Read(json, at) : null;
    }

    private static byte[] ToJson(CollectorKey key) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new JsonObject
            {
                ["id"] = key.Id,
                ["name"] = key.Name,
                ["feeds"] = new JsonArray([.. key.Feeds.Select(feed => JsonValue.Create(FeedPaths.NameOf(feed)))]),
                ["requests_per_second"] = key.RequestsPerSecond,
                ["secret_sha256"] = Convert.ToHexStringLower(key.SecretHash),
                ["created"] = key.Created.ToString("O"),
            }
        );

    private static CollectorKey Read(byte[] json, string at)
    {
        try
        {
            var key = JsonNode.Parse(json)!;
            return new CollectorKey(
                (string)key["id"]!,
                (string)key["name"]!,
                [.. key["feeds"]!.AsArray().Select(name => FeedPaths.Find((string)name!)!.Value)],
                (double?)key["requests_per_second"],
                Convert.FromHexString((string)key["secret_sha256"]!),
                DateTimeOffset.Parse((string)key["created"]!, CultureInfo.InvariantCulture)
            );
        }
        catch (Exception broken)
            when (broken
                    is JsonException
                        or InvalidOperationException
                        or FormatException
                        or NullReferenceException
                        or ArgumentException
            )
        {
            throw new IOException($"{at} is damaged: it is not a key", broken);
        }
    }
}

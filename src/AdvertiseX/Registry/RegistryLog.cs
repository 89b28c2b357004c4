using System.Globalization;
using AdvertiseX.Lake.Storage;

namespace AdvertiseX.Registry;

/// <summary>
/// The changes of a registry, one object each, numbered without gaps. A change is put only if its number is free, so
/// that of several servers on one lake one wins each number, and the others decide anew
/// (<c>docs/decisions/066-schema-registry.md</c>). Thread-safe.
/// </summary>
/// <param name="store">The lake's store.</param>
internal sealed class RegistryLog(IObjectStore store)
{
    private const string Folder = "_registry/";

    /// <summary>The change of a number; null if there is none yet.</summary>
    /// <exception cref="IOException">The store failed, or the object is damaged.</exception>
    public async ValueTask<RegistryChange?> ReadAsync(long number, CancellationToken cancellation)
    {
        var key = KeyOf(number);
        return await store.ReadAsync(key, cancellation) is { } json ? RegistryChange.Read(json, key) : null;
    }

    /// <summary>Puts a change under a number. True if it stands there, durable; false if another does.</summary>
    /// <exception cref="IOException">The store failed, and the change is not there.</exception>
    public async ValueTask<bool> TryPutAsync(long number, RegistryChange change, CancellationToken cancellation)
    {
        try
        {
            if (await store.PutIfAbsentAsync(KeyOf(number), change.ToJson(), cancellation))
                return true;
        }
        catch (IOException)
        {
            // An answer that was lost says nothing about the object.
            if (await ReadAsync(number, cancellation) is not { } there)
                throw;
            return there.ChangeId == change.ChangeId;
        }

        // A request that a client library sent twice is refused the second time.
        return (await ReadAsync(number, cancellation))?.ChangeId == change.ChangeId;
    }

    private static string KeyOf(long number) => Folder + number.ToString("D20", CultureInfo.InvariantCulture) + ".json";
}

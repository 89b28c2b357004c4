using AdvertiseX.Lake.Storage;

namespace AdvertiseX.Registry;

/// <summary>
/// Avro schemas under subjects, with ids and versions, in a lake's store. Whoever asks sees every change that was
/// answered before, of any server on the lake. Thread-safe.
/// </summary>
/// <param name="store">The lake's store.</param>
/// <param name="clock">Gives changes their time.</param>
internal sealed class SchemaRegistry(IObjectStore store, TimeProvider clock) : IDisposable
{
    private readonly RegistryLog _log = new(store);
    private readonly SemaphoreSlim _gate = new(1);
    private RegistryState _state = RegistryState.Empty;

    /// <summary>The registry as it is now.</summary>
    /// <exception cref="IOException">The store failed.</exception>
    public async Task<RegistryState> StateAsync(CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            return await ReadOnAsync(cancellation);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>The schema of an id; null if no version has it. What an id means never changes, so an id that is known
    /// here is answered without the store: that another server deleted the schema for good shows with the next question
    /// of another kind.</summary>
    /// <exception cref="IOException">The store failed.</exception>
    public async ValueTask<RegisteredSchema?> FindAsync(int id, CancellationToken cancellation) =>
        Volatile.Read(ref _state).Schemas.GetValueOrDefault(id)
        ?? (await StateAsync(cancellation)).Schemas.GetValueOrDefault(id);

    /// <summary>Makes a schema the next version of a subject, unless one of its versions has it already.</summary>
    /// <exception cref="RegistryException">40901: the subject's level does not allow the schema; 42208: nothing may be
    /// called so.</exception>
    /// <exception cref="IOException">The store failed.</exception>
    public async Task<SubjectVersion> RegisterAsync(
        string subject,
        SubmittedSchema schema,
        CancellationToken cancellation
    )
    {
        if (subject.Length is 0 or > 1000 || subject.Any(char.IsControl))
            throw RegistryException.BadSubject(subject);
        var state = await ChangeAsync(
            state => state.Find(subject, schema.Form) is null ? Registration(state, subject, schema) : null,
            cancellation
        );
        return state.Find(subject, schema.Form)!;
    }

    /// <summary>Deletes a version.</summary>
    /// <returns>Its number.</returns>
    /// <exception cref="RegistryException">40401, 40402: it is not there; 40406: it is deleted; 40407: it is to be
    /// deleted for good and is not deleted; 42202: not a version.</exception>
    /// <exception cref="IOException">The store failed.</exception>
    public async Task<int> DeleteVersionAsync(
        string subject,
        string version,
        bool permanent,
        CancellationToken cancellation
    )
    {
        var number = 0;
        await ChangeAsync(
            state =>
            {
                var found = state.VersionOf(subject, version, deleted: permanent || version is not ("latest" or "-1"));
                number = found.Version;
                if (found.IsDeleted && !permanent)
                    throw RegistryException.VersionIsDeleted(subject, number);
                if (!found.IsDeleted && permanent)
                    throw RegistryException.VersionIsNotDeleted(subject, number);
                return Deletion(subject, permanent) with { Version = number };
            },
            cancellation
        );
        return number;
    }

    /// <summary>Deletes all versions of a subject.</summary>
    /// <returns>Their numbers.</returns>
    /// <exception cref="RegistryException">40401: it is not there; 40404: it is deleted; 40405: it is to be deleted for
    /// good and is not deleted.</exception>
    /// <exception cref="IOException">The store failed.</exception>
    public async Task<IReadOnlyList<int>> DeleteSubjectAsync(
        string subject,
        bool permanent,
        CancellationToken cancellation
    )
    {
        IReadOnlyList<int> numbers = [];
        await ChangeAsync(
            state =>
            {
                if (!state.VersionsOf(subject, deleted: true).Any())
                    throw RegistryException.NoSubject(subject);
                var live = state.VersionsOf(subject).Any();
                if (!live && !permanent)
                    throw RegistryException.SubjectIsDeleted(subject);
                if (live && permanent)
                    throw RegistryException.SubjectIsNotDeleted(subject);
                numbers = [.. state.VersionsOf(subject, deleted: permanent).Select(version => version.Version)];
                return Deletion(subject, permanent);
            },
            cancellation
        );
        return numbers;
    }

    /// <summary>Sets the level of a subject, or of all that have none of their own if it is null.</summary>
    /// <exception cref="IOException">The store failed.</exception>
    public Task SetLevelAsync(string? subject, CompatibilityLevel level, CancellationToken cancellation) =>
        ChangeAsync(
            state =>
                (subject is null ? state.Level : state.OwnLevelOf(subject)) == level
                    ? null
                    : Change(RegistryChangeKind.SetLevel) with
                    {
                        Subject = subject,
                        Level = level,
                    },
            cancellation
        );

    /// <summary>Takes the level of a subject back, or that of the registry if the subject is null.</summary>
    /// <returns>The level that counted.</returns>
    /// <exception cref="RegistryException">40408: the subject has none.</exception>
    /// <exception cref="IOException">The store failed.</exception>
    public async Task<CompatibilityLevel> ResetLevelAsync(string? subject, CancellationToken cancellation)
    {
        var level = CompatibilityLevels.Default;
        await ChangeAsync(
            state =>
            {
                level = subject is null
                    ? state.Level
                    : state.OwnLevelOf(subject) ?? throw RegistryException.NoSubjectLevel(subject);
                return Change(RegistryChangeKind.SetLevel) with { Subject = subject };
            },
            cancellation
        );
        return level;
    }

    public void Dispose() => _gate.Dispose();

    private RegistryChange Registration(RegistryState state, string subject, SubmittedSchema schema)
    {
        if (state.FaultsOf(subject, schema) is { Count: > 0 } faults)
            throw RegistryException.Incompatible(subject, faults);
        return Change(RegistryChangeKind.Register) with
        {
            Subject = subject,
            Version = state.VersionsOf(subject, deleted: true).Select(version => version.Version).LastOrDefault() + 1,
            Id = state.Find(schema.Form)?.Id ?? state.LastId + 1,
            Schema = schema.Text,
        };
    }

    private RegistryChange Deletion(string subject, bool permanent) =>
        Change(RegistryChangeKind.Delete) with
        {
            Subject = subject,
            Permanent = permanent,
        };

    private RegistryChange Change(RegistryChangeKind kind) => new() { Kind = kind, Time = clock.GetUtcNow() };

    /// <summary>Decides on the newest state and puts the change; anew, if another server was quicker.</summary>
    /// <param name="decide">The change; null for none.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <returns>The state with the change.</returns>
    private async Task<RegistryState> ChangeAsync(
        Func<RegistryState, RegistryChange?> decide,
        CancellationToken cancellation
    )
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            while (true)
            {
                var state = await ReadOnAsync(cancellation);
                if (decide(state) is not { } change)
                    return state;
                if (await _log.TryPutAsync(state.Changes + 1, change, cancellation))
                {
                    Volatile.Write(ref _state, state.After(change));
                    return _state;
                }
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    private async ValueTask<RegistryState> ReadOnAsync(CancellationToken cancellation)
    {
        while (await _log.ReadAsync(_state.Changes + 1, cancellation) is { } change)
            Volatile.Write(ref _state, _state.After(change));
        return _state;
    }
}

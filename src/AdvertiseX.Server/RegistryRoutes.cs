using System.Globalization;
using AdvertiseX.Registry;

namespace AdvertiseX.Server;

/// <summary>What each address of a schema registry answers: an object that becomes JSON, or a text that is sent as it
/// is.</summary>
/// <param name="registry">What is registered.</param>
internal sealed class RegistryRoutes(SchemaRegistry registry)
{
    /// <exception cref="RegistryException">The request is refused.</exception>
    /// <exception cref="IOException">The store failed.</exception>
    public Task<object> AnswerAsync(RegistryRequest request) =>
        (request.Method, request.Parts) switch
        {
            ("GET" or "HEAD", []) => Task.FromResult<object>(new { }),
            (_, ["schemas", .. var rest]) => SchemasAsync(request, rest),
            (_, ["subjects", .. var rest]) => SubjectsAsync(request, rest),
            ("POST", ["compatibility", "subjects", var subject, "versions"]) => CompatibilityAsync(request, subject),
            ("POST", ["compatibility", "subjects", var subject, "versions", var version]) => CompatibilityAsync(
                request,
                subject,
                version
            ),
            (_, ["config"]) => ConfigAsync(request, null),
            (_, ["config", var subject]) => ConfigAsync(request, subject),
            (_, ["mode"] or ["mode", _]) => ModeAsync(request),
            ("GET", ["contexts"]) => Task.FromResult<object>(new[] { "." }),
            // Clients ask whether a topic has schemas of its own names; none has.
            (_, ["associations", ..]) => throw new RegistryException(40410, "Association not found"),
            _ => throw NothingAt(request),
        };

    private async Task<object> SchemasAsync(RegistryRequest request, string[] parts) =>
        (request.Method, parts) switch
        {
            ("GET", ["types"]) => new[] { "AVRO" },
            ("GET", []) => await AllAsync(request),
            ("GET", ["ids", var id]) => new { schema = (await SchemaOfAsync(request, id)).Text },
            ("GET", ["ids", var id, "schema"]) => (await SchemaOfAsync(request, id)).Text,
            ("GET", ["ids", var id, "subjects"]) => (await UsesAsync(request, id))
                .Select(version => version.Subject)
                .Distinct(),
            ("GET", ["ids", var id, "versions"]) => (await UsesAsync(request, id)).Select(version => new
            {
                subject = version.Subject,
                version = version.Version,
            }),
            _ => throw NothingAt(request),
        };

    private async Task<object> SubjectsAsync(RegistryRequest request, string[] parts) =>
        (request.Method, parts) switch
        {
            ("GET", []) => Selected(await StateAsync(request), request).Select(each => each.Subject).Distinct(),
            ("POST", [var subject]) => await LookUpAsync(request, subject),
            ("DELETE", [var subject]) => await registry.DeleteSubjectAsync(
                subject,
                request.Is("permanent"),
                request.Aborted
            ),
            ("GET", [var subject, "versions"]) => await VersionsAsync(request, subject),
            ("POST", [var subject, "versions"]) => await RegisterAsync(request, subject),
            ("GET", [var subject, "versions", var version]) => RegistryAnswers.Of(
                await VersionAsync(request, subject, version)
            ),
            ("DELETE", [var subject, "versions", var version]) => await registry.DeleteVersionAsync(
                subject,
                version,
                request.Is("permanent"),
                request.Aborted
            ),
            ("GET", [var subject, "versions", var version, "schema"]) => (await VersionAsync(request, subject, version))
                .Schema
                .Text,
            ("GET", [var subject, "versions", var version, "referencedby"]) => await UnreferencedAsync(
                request,
                subject,
                version
            ),
            ("GET", [var subject, "metadata"]) => await WithMetadataAsync(request, subject),
            _ => throw NothingAt(request),
        };

    private Task<RegistryState> StateAsync(RegistryRequest request) => registry.StateAsync(request.Aborted);

    private async Task<RegisteredSchema> SchemaOfAsync(RegistryRequest request, string id) =>
        int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && await registry.FindAsync(number, request.Aborted) is { } schema
            ? schema
            : throw RegistryException.NoSchema();

    private async Task<IEnumerable<SubjectVersion>> UsesAsync(RegistryRequest request, string id)
    {
        var schema = await SchemaOfAsync(request, id);
        return Selected(await StateAsync(request), request).Where(version => version.Schema.Id == schema.Id);
    }

    private async Task<object> AllAsync(RegistryRequest request)
    {
        var versions = Selected(await StateAsync(request), request);
        if (request.Is("latestOnly"))
            versions = versions.GroupBy(version => version.Subject).Select(each => each.Last());
        var most = request.Number("limit", 0);
        return versions
            .Skip(request.Number("offset", 0))
            .Take(most == 0 ? int.MaxValue : most)
            .Select(RegistryAnswers.Of);
    }

    /// <summary>Versions of all subjects by the words of the query: subjectPrefix, deleted, deletedOnly.</summary>
    private static IEnumerable<SubjectVersion> Selected(RegistryState state, RegistryRequest request)
    {
        // The prefix of all contexts, of which there is one.
        var prefix = request.Value("subjectPrefix") is { } given and not ":*:" ? given : "";
        return state
            .Subjects.Keys.Where(subject => subject.StartsWith(prefix, StringComparison.Ordinal))
            .SelectMany(subject => Selected(state, subject, request));
    }

    private static IEnumerable<SubjectVersion> Selected(RegistryState state, string subject, RegistryRequest request) =>
        request.Is("deletedOnly")
            ? state.VersionsOf(subject, deleted: true).Where(version => version.IsDeleted)
            : state.VersionsOf(subject, request.Is("deleted"));

    private async Task<object> VersionsAsync(RegistryRequest request, string subject)
    {
        int[] numbers = [.. Selected(await StateAsync(request), subject, request).Select(version => version.Version)];
        return numbers.Length > 0 ? numbers : throw RegistryException.NoSubject(subject);
    }

    private async Task<SubjectVersion> VersionAsync(RegistryRequest request, string subject, string version) =>
        (await StateAsync(request)).VersionOf(subject, version, request.Is("deleted"));

    private async Task<object> UnreferencedAsync(RegistryRequest request, string subject, string version)
    {
        await VersionAsync(request, subject, version);
        return Array.Empty<int>();
    }

    private async Task<object> WithMetadataAsync(RegistryRequest request, string subject) =>
        request.Value("key") is null
            ? RegistryAnswers.Of(await VersionAsync(request, subject, "latest"))
            : throw RegistryException.NoSchema();

    private async Task<object> RegisterAsync(RegistryRequest request, string subject)
    {
        var version = await registry.RegisterAsync(subject, await request.SchemaAsync(), request.Aborted);
        return new { id = version.Schema.Id, version = version.Version };
    }

    private async Task<object> LookUpAsync(RegistryRequest request, string subject)
    {
        var schema = await request.SchemaAsync();
        var state = await StateAsync(request);
        var deleted = request.Is("deleted");
        if (!state.VersionsOf(subject, deleted).Any())
            throw RegistryException.NoSubject(subject);
        return RegistryAnswers.Of(state.Find(subject, schema.Form, deleted) ?? throw RegistryException.NoSchema());
    }

    private async Task<object> CompatibilityAsync(RegistryRequest request, string subject, string? version = null)
    {
        var schema = await request.SchemaAsync();
        var faults = (await StateAsync(request)).FaultsOf(subject, schema, version);
        return RegistryAnswers.Compatibility(faults, request.Is("verbose"));
    }

    private async Task<object> ConfigAsync(RegistryRequest request, string? subject)
    {
        switch (request.Method)
        {
            case "GET":
                var state = await StateAsync(request);
                return RegistryAnswers.Level(
                    subject is null || request.Is("defaultToGlobal")
                        ? state.LevelOf(subject ?? "")
                        : state.OwnLevelOf(subject) ?? throw RegistryException.NoSubjectLevel(subject)
                );
            case "PUT":
                var name = await request.TextAsync("compatibility");
                var level = CompatibilityLevels.Find(name) ?? throw RegistryException.BadLevel(name);
                await registry.SetLevelAsync(subject, level, request.Aborted);
                return new { compatibility = level.NameOf() };
            case "DELETE":
                return RegistryAnswers.Level(await registry.ResetLevelAsync(subject, request.Aborted));
            default:
                throw NothingAt(request);
        }
    }

    private static async Task<object> ModeAsync(RegistryRequest request)
    {
        if (request.Method == "PUT" && await request.TextAsync("mode") is var mode and not "READWRITE")
            throw RegistryException.BadMode(mode);
        return request.Method is "GET" or "PUT" ? new { mode = "READWRITE" } : throw NothingAt(request);
    }

    private static RegistryException NothingAt(RegistryRequest request) =>
        new(404, $"HTTP 404 Not Found: this registry has no {request.Method} /{string.Join('/', request.Parts)}");
}

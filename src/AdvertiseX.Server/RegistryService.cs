using System.Text;
using AdvertiseX.Registry;
using Microsoft.AspNetCore.Http;

namespace AdvertiseX.Server;

/// <summary>A schema registry over HTTP, with Confluent's API. Thread-safe.</summary>
/// <param name="registry">What is registered.</param>
/// <param name="users">Who may ask.</param>
/// <param name="notices">Takes failures of the store and of the file of users, a line each.</param>
internal sealed class RegistryService(SchemaRegistry registry, RegistryUsers users, Action<string> notices)
{
    /// <summary>Answers a request.</summary>
    public async Task AnswerAsync(HttpContext context)
    {
        var (status, answer) = await AnsweredAsync(context);
        context.Response.StatusCode = status;
        if (status == StatusCodes.Status401Unauthorized)
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"schema registry\"";
        context.Response.ContentType = RegistryAnswers.ContentType;
        // A schema that is asked for as it is.
        var body = answer is string text ? Encoding.UTF8.GetBytes(text) : RegistryAnswers.ToJson(answer);
        context.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    private async Task<(int Status, object Answer)> AnsweredAsync(HttpContext context)
    {
        try
        {
            RequireUser(context.Request.Headers.Authorization);
            return (StatusCodes.Status200OK, await new RegistryRoutes(registry).AnswerAsync(new(context)));
        }
        catch (RegistryException refused)
        {
            var status = refused.Code < 1000 ? refused.Code : refused.Code / 100;
            return (status, RegistryAnswers.Error(refused.Code, refused.Message));
        }
        catch (BadHttpRequestException broken)
        {
            return (broken.StatusCode, RegistryAnswers.Error(broken.StatusCode, broken.Message));
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            notices($"the store failed: {failed.Message}");
            return (
                StatusCodes.Status500InternalServerError,
                RegistryAnswers.Error(50001, $"Error in the backend data store: {failed.Message}")
            );
        }
    }

    // Who may ask is not known while the file cannot be read: then nobody may.
    private void RequireUser(string? authorization)
    {
        try
        {
            users.Require(authorization);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            notices($"registry.users_file cannot be read: {failed.Message}");
            throw new RegistryException(50301, "The file of users cannot be read; ask again later");
        }
    }
}

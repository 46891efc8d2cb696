import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { timeFunction } from '@otel-perf/timing';

@Injectable()
export class ApiKeyGuard implements CanActivate {
  @timeFunction('check_api_key')
  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string> }>();
    return headers['x-api-key'] === (process.env['API_KEY'] ?? 'an example');
  }
}
